import { composePicture, type PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { paintPixels } from '../raster/paint-image.js'
import { rangeOf, type PixelImage, type PixelRange } from '../raster/pixel-image.js'
import { element } from '../svg/element.js'
import { cross, tick } from '../svg/marks.js'
import { textAt } from '../svg/text.js'
import { fitText, measureText } from '../text/measure-text.js'
import { plainScore, type ScoreKind } from '../results/score-kind.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { tileGrid } from './tile-grid.js'

/** An image with what it is and what was read. */
export interface Sample {
  image: PixelImage
  label?: string
  prediction?: string
  /** Score of the prediction: a probability, 0 to 1, unless `scores` of the grid's options says otherwise. */
  score?: number
  loss?: number
  /** Printed instead of the caption made from the fields above. */
  caption?: string
}

export interface ImageGridOptions extends PictureOptions {
  /** Defaults to a grid about as wide as high, 10 at most. */
  columns?: number
  /** Pixels along an image's longer side. Defaults to 56; small images get a whole multiple of their size. */
  tileSize?: number
  /** One range for all images. Defaults to what their values suggest. */
  range?: PixelRange
  /**
   * `short` marks right and wrong by tick and cross (`4 ✗ 9`: it is a 4, read as 9); `words` writes
   * `Label: 9, pred: 9`; `correct` writes `Correct: 9, Pred: 4`. Defaults to `short`.
   */
  captions?: 'short' | 'words' | 'correct' | 'none'
  /** What the samples' scores are: probabilities are written in percent, plain scores as they are. Defaults to `probability`. */
  scores?: ScoreKind
}

/**
 * Draws samples in a grid. Where label and prediction are both known, right and wrong differ by mark (tick, cross),
 * frame (thin, thick dashed), caption and colour.
 */
export function imageGrid(samples: readonly Sample[], options: ImageGridOptions = {}): Picture {
  if (samples.length === 0) {
    throw new VizError('argument', 'imageGrid: expected at least 1 sample, received none.')
  }
  const theme = themeOf(options.theme)
  const { captions = 'short', scores = 'probability' } = options
  const style: CaptionStyle = { captions, scores }
  const columns = Math.max(1, options.columns ?? Math.min(10, Math.ceil(Math.sqrt(samples.length))))
  const images = samples.map((sample) => sample.image)
  const longest = Math.max(...images.map((image) => Math.max(image.width, image.height)))
  const tileSize = options.tileSize ?? Math.max(56, longest * Math.floor(56 / longest))
  const range = options.range ?? rangeOf(images)
  const size = captions === 'short' ? Math.min(13, Math.max(10, tileSize / 5)) : 12
  const longestCaption = Math.max(0, ...samples.map((s) => captionWidth(s, style, size)))
  const gap = 8
  const notNumbers = images.filter((image) => paintPixels(image, { range }).notNumbers > 0).length
  const drawing = tileGrid(
    samples.map((sample) => ({
      image: sample.image,
      overlay: (box) => frameOf(sample, box, theme),
    })),
    {
      columns,
      tileSize,
      theme,
      gap,
      cellWidth: captions === 'none' ? 0 : longestCaption,
      paint: { range },
      captionSize: size,
      ...(captions === 'none' && samples.every((s) => s.caption === undefined)
        ? {}
        : {
            drawCaption: (_tile, i, at) => {
              const sample = samples[i]
              return sample ? drawCaption(sample, style, at, size, gap, theme) : ''
            },
          }),
    },
  )
  const judged = samples.filter((s) => isRight(s) !== undefined)
  const right = judged.filter((s) => isRight(s)).length
  const said = [
    `${samples.length} image${samples.length === 1 ? '' : 's'} in ${Math.ceil(samples.length / columns)} ${samples.length > columns ? 'rows' : 'row'}`,
    judged.length > 0 ? `${right} of ${judged.length} read right` : '',
    notNumbers > 0 ? `${notNumbers} with values that are no numbers, painted magenta` : '',
  ].filter((part) => part !== '')
  return composePicture(
    drawing,
    {
      title: options.title ?? 'Images',
      subtitle:
        options.subtitle ?? (judged.length > 0 ? `${right} of ${judged.length} right` : undefined),
      description: said.join('; ') + '.',
      caption: '',
      heading: options.title ?? '',
    },
    theme,
  )
}

function isRight(sample: Sample): boolean | undefined {
  if (sample.label === undefined || sample.prediction === undefined) return undefined
  return sample.label === sample.prediction
}

function frameOf(
  sample: Sample,
  box: { x: number; y: number; width: number; height: number },
  theme: Theme,
): string {
  const right = isRight(sample)
  if (right === undefined) return ''
  const out = right ? 0.5 : 1.5
  return element('rect', {
    x: box.x - out,
    y: box.y - out,
    width: box.width + 2 * out,
    height: box.height + 2 * out,
    fill: 'none',
    stroke: right ? theme.right : theme.wrong,
    'stroke-width': right ? 1 : 3,
    'stroke-dasharray': right ? undefined : '6 3',
  })
}

interface CaptionStyle {
  captions: NonNullable<ImageGridOptions['captions']>
  scores: ScoreKind
}

function wordsFor(sample: Sample, { captions, scores }: CaptionStyle): string {
  if (sample.caption !== undefined) return sample.caption
  if (captions === 'none') return ''
  const { label, prediction } = sample
  const parts: string[] = []
  if (captions === 'words') {
    if (label !== undefined) parts.push(`Label: ${label}`)
    if (prediction !== undefined) parts.push(`pred: ${prediction}`)
  } else if (captions === 'correct') {
    if (label !== undefined) parts.push(`Correct: ${label}`)
    if (prediction !== undefined) parts.push(`Pred: ${prediction}`)
  } else {
    if (label !== undefined) parts.push(label)
    else if (prediction !== undefined) parts.push(`read ${prediction}`)
  }
  if (sample.score !== undefined) parts.push(scoreText(sample.score, scores))
  if (sample.loss !== undefined) parts.push(`loss ${sample.loss.toPrecision(3)}`)
  return parts.join(captions === 'short' ? ' ' : ', ')
}

function captionWidth(sample: Sample, style: CaptionStyle, size: number): number {
  const wrong = isRight(sample) === false ? `, ${sample.prediction ?? ''}` : ''
  const mark = isRight(sample) === undefined ? 0 : size + 8
  return Math.min(
    220,
    measureText(wordsFor(sample, style) + (style.captions === 'short' ? wrong : ''), size) + mark,
  )
}

function scoreText(score: number, kind: ScoreKind): string {
  return kind === 'score' ? plainScore(score) : percent(score)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0.995 || share < 0.005 ? 1 : 0)} %`
}

/** `9 ✓` or `4 ✗ 9`, the marks drawn as shapes beside the words. */
function drawCaption(
  sample: Sample,
  style: CaptionStyle,
  at: { x: number; y: number; width: number },
  size: number,
  gap: number,
  theme: Theme,
): string {
  const right = isRight(sample)
  const words = wordsFor(sample, style)
  if (style.captions !== 'short' || right === undefined || sample.caption !== undefined) {
    const text = fitText(words, at.width + gap - 2, size)
    const mark = right === undefined ? '' : markBefore(text, right, at, size, theme)
    return mark + textAt(at.x, at.y, text, { fill: theme.ink, size, anchor: 'middle' })
  }
  const after = [
    right ? '' : (sample.prediction ?? ''),
    sample.score === undefined ? '' : scoreText(sample.score, style.scores),
    sample.loss === undefined ? '' : sample.loss.toPrecision(2),
  ]
    .filter((part) => part !== '')
    .join(', ')
  const mark = size * 0.85
  const room = at.width + gap - 2 - mark - 6
  const before = fitText(
    sample.label ?? '',
    Math.max(room / 2, room - measureText(after, size)),
    size,
  )
  const fitted = after === '' ? '' : fitText(after, room - measureText(before, size), size)
  const beforeWidth = measureText(before, size, 600)
  const width = beforeWidth + 3 + mark + (fitted === '' ? 0 : 3 + measureText(fitted, size))
  const left = at.x - width / 2
  const colour = right ? theme.right : theme.wrong
  const draw = right ? tick : cross
  return (
    textAt(left, at.y, before, { fill: theme.ink, size, weight: 600 }) +
    draw(left + beforeWidth + 3, at.y - mark * 0.9, mark, colour) +
    (fitted === ''
      ? ''
      : textAt(left + beforeWidth + mark + 6, at.y, fitted, {
          fill: right ? theme.muted : colour,
          size,
        }))
  )
}

function markBefore(
  text: string,
  right: boolean,
  at: { x: number; y: number; width: number },
  size: number,
  theme: Theme,
): string {
  const left = at.x - measureText(text, size) / 2 - size - 2
  return right
    ? tick(left, at.y - size * 0.8, size * 0.85, theme.right)
    : cross(left, at.y - size * 0.8, size * 0.85, theme.wrong)
}
