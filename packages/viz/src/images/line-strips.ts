import { composePicture, stackDrawings, type PictureOptions } from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { imageElement } from '../raster/paint-image.js'
import { rangeOf, type PixelImage, type PixelRange } from '../raster/pixel-image.js'
import { element } from '../svg/element.js'
import { cross, tick } from '../svg/marks.js'
import { textAt } from '../svg/text.js'
import { alignTexts } from '../text/align-texts.js'
import { fitText, measureText } from '../text/measure-text.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { VizError } from '../viz-error.js'

/** A line of handwriting: its image, what stands there and what was read, position by position. */
export interface LineSample {
  image: PixelImage
  /** Characters as the data has them, one a position, padding included or left out. */
  label?: readonly string[] | string
  /** Characters as they were read. */
  prediction?: readonly string[] | string
  /** Each position's middle in image pixels. Defaults to positions evenly spread over the image. */
  labelAt?: readonly number[]
  predictionAt?: readonly number[]
  /** Printed above the line. */
  title?: string
}

export interface LineStripsOptions extends PictureOptions {
  /** Screen pixels an image pixel. Defaults to what makes the widest line 900 px, between 1 and 2. */
  scale?: number
  range?: PixelRange
  /** Characters left blank, such as `<P>`. Defaults to `<P>` and `<B>`. */
  silent?: readonly string[]
}

/**
 * Draws lines of handwriting with label and reading under each position; what was misread, made up or lost is boxed.
 * Where there are more or fewer characters than stand there, both are aligned by the fewest edits.
 */
export function lineStrips(lines: readonly LineSample[], options: LineStripsOptions = {}): Picture {
  if (lines.length === 0) {
    throw new VizError('argument', 'lineStrips: expected at least 1 line, received none.')
  }
  const theme = themeOf(options.theme)
  const widest = Math.max(...lines.map((line) => line.image.width))
  const scale = options.scale ?? Math.min(2, Math.max(1, 900 / widest))
  const range = options.range ?? rangeOf(lines.map((line) => line.image))
  const silent = new Set(options.silent ?? ['<P>', '<B>'])
  const drawings = lines.map((line) => strip(line, { scale, range, silent, theme }))
  const right = lines.filter(
    (line) => line.prediction && textOf(line.prediction, silent) === textOf(line.label, silent),
  )
  const judged = lines.filter((line) => line.label !== undefined && line.prediction !== undefined)
  return composePicture(
    stackDrawings(drawings, 18),
    {
      title: options.title ?? 'Lines',
      subtitle:
        options.subtitle ??
        (judged.length > 0
          ? `${right.length} of ${judged.length} lines read without error`
          : undefined),
      description: lines
        .map((line, i) =>
          [
            `Line ${i + 1}`,
            line.label === undefined && line.title !== undefined ? `is titled "${line.title}"` : '',
            line.label === undefined ? '' : `is "${textOf(line.label, silent)}"`,
            line.prediction === undefined ? '' : `read "${textOf(line.prediction, silent)}"`,
          ]
            .filter((part) => part !== '')
            .join(' '),
        )
        .join('; '),
      caption: '',
    },
    theme,
  )
}

function textOf(characters: LineSample['label'], silent: ReadonlySet<string>): string {
  return [...(characters ?? [])]
    .filter((c) => !silent.has(c))
    .join('')
    .trimEnd()
}

/** Finds the positions that differ where label and reading are not of one length. */
function editsOf(
  label: readonly string[],
  read: readonly string[],
  silent: ReadonlySet<string>,
): { label: ReadonlySet<number>; read: ReadonlySet<number> } {
  const edits = { label: new Set<number>(), read: new Set<number>() }
  if (label.length === read.length) return edits
  for (const { truth, read: seen, at, readAt } of alignTexts(label, read)) {
    if (truth === seen || (seen === '' && silent.has(truth))) continue
    if (seen === '') edits.label.add(at)
    else if (!silent.has(seen)) edits.read.add(readAt)
  }
  return edits
}

interface StripContext {
  scale: number
  range: PixelRange
  silent: ReadonlySet<string>
  theme: Theme
}

function strip(line: LineSample, context: StripContext): Drawing {
  const { scale, range, theme, silent } = context
  const { image } = line
  const width = image.width * scale
  const height = image.height * scale
  const gutter = 44
  let y = 0
  let body = ''
  if (line.title !== undefined) {
    const judged = line.label !== undefined && line.prediction !== undefined
    const right = judged && textOf(line.label, silent) === textOf(line.prediction, silent)
    const draw = right ? tick : cross
    if (judged) body += draw(0, 1, 11, right ? theme.right : theme.wrong)
    body += textAt(judged ? 16 : 0, 11, fitText(line.title, gutter + width - 16), {
      fill: theme.ink,
    })
    y = 18
  }
  const box = { x: gutter, y, width, height }
  body += imageElement(image, box, { range })
  body += element('rect', { ...box, fill: 'none', stroke: theme.grid })
  y += height
  const rows: [string, LineSample['label'], readonly number[] | undefined, boolean][] = [
    ['is', line.label, line.labelAt, false],
    ['read', line.prediction, line.predictionAt, true],
  ]
  const label = [...(line.label ?? [])]
  const edited = editsOf(label, [...(line.prediction ?? label)], silent)
  for (const [name, characters, at, compared] of rows) {
    if (characters === undefined) continue
    y += 17
    body += textAt(gutter - 8, y, name, { fill: theme.muted, size: 11, anchor: 'end' })
    const list = [...characters]
    if (compared && list.every((character) => silent.has(character))) {
      body += textAt(gutter + 6, y, 'nothing', { fill: theme.muted, size: 11 })
      continue
    }
    const pitch = image.width / list.length
    const size = Math.min(14, Math.max(8, pitch * scale * 0.9))
    list.forEach((character, i) => {
      const x = gutter + (at?.[i] ?? (i + 0.5) * pitch) * scale
      const comparable = compared && line.label !== undefined && label.length === list.length
      // Beyond the text, where the label is padding, a space is as good as nothing.
      const beyond = compared && silent.has(label[i] ?? '') && character === ' '
      const wrong = comparable
        ? label[i] !== character && !beyond
        : edited[compared ? 'read' : 'label'].has(i)
      const silentHere = silent.has(character) || (comparable && beyond)
      const shown = silentHere ? '·' : character === ' ' ? '␣' : character
      const drawn = shown === '␣' ? '_' : shown
      const faint = silentHere || character === ' '
      if (wrong) {
        const half = Math.max(measureText(drawn, size, 600), 6) / 2 + 2
        body += element('rect', {
          x: x - half,
          y: y - 12,
          width: half * 2,
          height: 16,
          rx: 2,
          fill: 'none',
          stroke: theme.wrong,
          'stroke-width': 1.25,
        })
      }
      body += textAt(x, y, drawn, {
        fill: wrong ? theme.wrong : faint ? theme.muted : theme.ink,
        size,
        anchor: 'middle',
        weight: wrong ? 600 : 400,
      })
    })
  }
  return { body, width: gutter + width, height: y + 6 }
}
