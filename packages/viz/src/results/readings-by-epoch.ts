import { composePicture, stackDrawings, type PictureOptions } from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { imageElement } from '../raster/paint-image.js'
import type { PixelImage } from '../raster/pixel-image.js'
import type { SampleReading, SampleReadings } from '../run/read-sample-readings.js'
import { element } from '../svg/element.js'
import { cross, tick } from '../svg/marks.js'
import { textAt } from '../svg/text.js'
import { fitText, measureText } from '../text/measure-text.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { plainScore, scoreWords, type ScoreKind } from './score-kind.js'
import { VizError } from '../viz-error.js'

export interface ReadingsByEpochOptions extends PictureOptions {
  /** Validations drawn at most: the first, the last, and those between evenly. Defaults to 12. */
  maxRounds?: number
  /** Lines drawn at most. Defaults to 8; single images are all drawn. */
  maxLines?: number
  /** Pixels that single images are set in side by side. Defaults to 900. */
  width?: number
}

type Sample = SampleReadings['samples'][number]
type Round = SampleReadings['rounds'][number]

interface Style {
  theme: Theme
  scores: ScoreKind
}

const row = 18
const gutter = 74

/**
 * Draws how the same few samples were read after each epoch: image and label, and below them a reading an epoch with
 * tick or cross and its score.
 */
export function readingsByEpoch(
  readings: SampleReadings,
  options: ReadingsByEpochOptions = {},
): Picture {
  const { samples, isLines, scores } = readings
  const all = readings.rounds
  const last = all.at(-1)
  if (samples.length === 0 || !last) {
    throw new VizError(
      'argument',
      'readingsByEpoch: expected samples and at least 1 validation, received none. Train for an epoch first.',
    )
  }
  const theme = themeOf(options.theme)
  const rounds = thinned(all, options.maxRounds ?? 12)
  const names = rounds.map((round) => roundName(round, all))
  const { maxLines = 8, width = 900 } = options
  const drawings = isLines
    ? samples
        .slice(0, maxLines)
        .map((_s, i) => lineBlock(samples, i, rounds, names, { theme, scores }))
    : imageBlocks(samples, rounds, names, width, { theme, scores })
  const right = last.readings.filter((one, i) => one.text === samples[i]?.label).length
  const words = [
    `${right} of ${samples.length} read right at the last validation`,
    isLines && samples.length > maxLines ? `the first ${maxLines} lines shown` : '',
    rounds.length < all.length ? `${rounds.length} of ${all.length} validations shown` : '',
  ].filter((part) => part !== '')
  return composePicture(
    stackDrawings(drawings, 20),
    {
      title: options.title ?? 'The same samples, epoch by epoch',
      subtitle: options.subtitle ?? words.join('; '),
      description: `${words.join('; ')}. ${samples
        .map(
          ({ label }, i) =>
            `${label}: ${rounds.map((r) => r.readings[i]?.text ?? 'not read').join(', ')}`,
        )
        .join('; ')}.`,
      caption: `Below an image: what it is, and what was read after each epoch, with its ${scoreWords(readings.scores)}.`,
    },
    theme,
  )
}

/** Keeps the first and the last, and those between at even distances. */
function thinned(rounds: readonly Round[], most: number): Round[] {
  if (rounds.length <= most) return [...rounds]
  const at = (i: number) => Math.round((i * (rounds.length - 1)) / Math.max(1, most - 1))
  return Array.from({ length: most }, (_, i) => at(i)).flatMap((i) => rounds[i] ?? [])
}

/** An epoch with several validations needs the step to tell them apart. */
function roundName(round: Round, all: readonly Round[]): string {
  const shared = all.filter(({ epoch }) => epoch === round.epoch).length > 1
  return shared ? `step ${round.step}` : `epoch ${round.epoch + 1}`
}

function imageBlocks(
  samples: readonly Sample[],
  rounds: readonly Round[],
  names: readonly string[],
  width: number,
  style: Style,
): Drawing[] {
  const { theme, scores } = style
  const texts = samples.flatMap(({ label }, i) => [
    measureText(label, 12, 600),
    ...rounds.map((round) => cellWidth(round.readings[i], scores)),
  ])
  const column = Math.min(150, Math.max(58, ...texts) + 8)
  const across = Math.max(1, Math.floor((width - gutter) / column))
  const blocks = Math.ceil(samples.length / across)
  // even rows of samples: 8 and 8 rather than 14 and 2
  const each = Math.ceil(samples.length / blocks)
  return Array.from({ length: blocks }, (_, block) => {
    let body = ''
    const first = block * each
    const shown = samples.slice(first, first + each)
    names.forEach((name, r) => {
      body += textAt(gutter - 10, 84 + r * row, name, {
        fill: theme.muted,
        size: 11,
        anchor: 'end',
      })
    })
    shown.forEach((sample, i) => {
      const left = gutter + i * column
      body += picture(sample.image, { x: left, y: 0, width: 44, height: 44 }, theme)
      body += textAt(left, 60, fitText(sample.label, column - 6, 12, 600), {
        fill: theme.ink,
        size: 12,
        weight: 600,
      })
      rounds.forEach((round, r) => {
        const reading = round.readings[first + i]
        body += cell(reading, sample.label, left, 84 + r * row, column - 6, style)
      })
    })
    return {
      body,
      width: gutter + shown.length * column,
      height: 84 + (rounds.length - 1) * row + 6,
    }
  })
}

function lineBlock(
  samples: readonly Sample[],
  at: number,
  rounds: readonly Round[],
  names: readonly string[],
  style: Style,
): Drawing {
  const { theme } = style
  const { image, label = '' } = samples[at] ?? {}
  const scale = image ? Math.min(2, 760 / image.width) : 1
  const box = {
    x: gutter,
    y: 0,
    width: image ? image.width * scale : 448,
    height: image ? image.height * scale : 28,
  }
  const below = box.height
  // a text may be longer than a narrow image is wide
  const room = Math.max(box.width, 448)
  let body = picture(image, box, theme)
  body += textAt(gutter - 10, below + row, 'is', { fill: theme.muted, size: 11, anchor: 'end' })
  body += textAt(gutter + 14, below + row, fitText(label, room - 14, 12, 600), {
    fill: theme.ink,
    size: 12,
    weight: 600,
  })
  rounds.forEach((round, r) => {
    const y = below + (r + 2) * row
    body += textAt(gutter - 10, y, names[r] ?? '', { fill: theme.muted, size: 11, anchor: 'end' })
    body += cell(round.readings[at], label, gutter, y, room, style)
  })
  return { body, width: gutter + room, height: below + (rounds.length + 1) * row + 6 }
}

function picture(
  image: PixelImage | undefined,
  box: { x: number; y: number; width: number; height: number },
  theme: Theme,
): string {
  const frame = element('rect', { ...box, fill: 'none', stroke: theme.grid })
  if (!image)
    return frame + textAt(box.x + 4, box.y + 16, 'no image', { fill: theme.muted, size: 9 })
  const scale = Math.min(box.width / image.width, box.height / image.height)
  const place = { ...box, width: image.width * scale, height: image.height * scale }
  return imageElement(image, place) + frame
}

const markSize = 10

function cellWidth(reading: SampleReading | undefined, scores: ScoreKind): number {
  if (!reading) return 0
  return markSize + 4 + measureText(`${shownText(reading)} ${scoreText(reading.score, scores)}`)
}

/** Writes one reading: tick or cross, what was read, how sure. */
function cell(
  reading: SampleReading | undefined,
  label: string,
  x: number,
  y: number,
  width: number,
  { theme, scores }: Style,
): string {
  if (!reading) return textAt(x, y, '–', { fill: theme.muted })
  const right = reading.text === label
  const colour = right ? theme.right : theme.wrong
  const score = scoreText(reading.score, scores)
  const room = width - markSize - 8 - measureText(score, 11)
  const text = fitText(shownText(reading), room, 12)
  return (
    (right ? tick : cross)(x, y - markSize + 1, markSize, colour) +
    textAt(x + markSize + 4, y, text, { fill: right ? theme.ink : colour, size: 12 }) +
    textAt(x + markSize + 8 + measureText(text, 12), y, score, { fill: theme.muted, size: 11 })
  )
}

function shownText({ text }: SampleReading): string {
  return text === '' ? 'nothing' : text
}

function scoreText(score: number, kind: ScoreKind): string {
  if (kind === 'score') return plainScore(score)
  if (!Number.isFinite(score)) return ''
  return score < 0.01 ? '< 1 %' : `${Math.round(score * 100)} %`
}
