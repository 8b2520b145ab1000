import { composePicture, type PictureOptions } from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { checkImage, rangeOf, type PixelImage, type PixelRange } from '../raster/pixel-image.js'
import { element } from '../svg/element.js'
import { textAt } from '../svg/text.js'
import { measureText } from '../text/measure-text.js'
import { colourAt, valueColour, inkOn, type ColourMapName } from '../theme/colour-map.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { VizError } from '../viz-error.js'

/** Rows or columns from the first to before the last, as in `[start, end)`. */
export type Span = readonly [start: number, end: number]

export interface SpreadsheetOptions extends PictureOptions {
  /** Defaults to all rows. */
  rows?: Span
  /** Defaults to all columns. */
  columns?: Span
  /** Defaults to 2. */
  decimals?: number
  /** Which channel to show. Defaults to 0. */
  channel?: number
  range?: PixelRange
  /** Defaults to grey: the cell's background is the pixel as it is. */
  colours?: ColourMapName
}

/** Draws an image as a spreadsheet: each pixel's number on a background of its grey, with row and column numbers. */
export function spreadsheetView(image: PixelImage, options: SpreadsheetOptions = {}): Picture {
  checkImage(image, 'spreadsheetView')
  const theme = themeOf(options.theme)
  const rows = spanWithin('rows', options.rows, image.height)
  const columns = spanWithin('columns', options.columns, image.width)
  const drawing = numberTable(image, { ...options, rows, columns }, theme)
  const whole = rows[1] - rows[0] === image.height && columns[1] - columns[0] === image.width
  const part = whole
    ? 'whole image'
    : `rows ${rows[0]}–${rows[1] - 1}, columns ${columns[0]}–${columns[1] - 1}`
  return composePicture(
    drawing,
    {
      title: options.title ?? 'The image as numbers',
      subtitle: options.subtitle ?? `${image.height} × ${image.width}, ${part}`,
      description: `A table of pixel values, ${part} of ${image.height} × ${image.width}; cells are shaded by value.`,
      caption: '',
    },
    theme,
  )
}

function spanWithin(name: string, span: Span | undefined, length: number): Span {
  const [start, end] = span ?? [0, length]
  if (
    !Number.isInteger(start) ||
    !Number.isInteger(end) ||
    start < 0 ||
    end > length ||
    end <= start
  ) {
    throw new VizError(
      'argument',
      `spreadsheetView: expected ${name} within 0 to ${length}, received ${start} to ${end}. ` +
        `Pass [start, end) with start below end.`,
    )
  }
  return [start, end]
}

/** Draws numbers in shaded cells; a value that is no number stands as it is on magenta. */
export function numberTable(
  image: PixelImage,
  options: SpreadsheetOptions & { rows: Span; columns: Span; cell?: number; headers?: boolean },
  theme: Theme,
): Drawing {
  const { rows, columns, decimals = 2, channel = 0, colours = 'grey', headers = true } = options
  const { channels = 1 } = image
  const [low, high] = options.range ?? rangeOf([image])
  const size = 10
  const valueAt = (r: number, c: number) =>
    image.data[(r * image.width + c) * channels + channel] ?? Number.NaN
  const texts: string[][] = []
  let widest = 0
  for (let r = rows[0]; r < rows[1]; r++) {
    const line: string[] = []
    for (let c = columns[0]; c < columns[1]; c++) {
      const value = valueAt(r, c)
      const text = Number.isInteger(value) ? String(value) : formatCell(value, decimals)
      widest = Math.max(widest, measureText(text, size))
      line.push(text)
    }
    texts.push(line)
  }
  const width = Math.max(options.cell ?? 20, widest + 7)
  const height = Math.max(18, options.cell ?? 18)
  const left = headers ? measureText(String(rows[1]), size) + 8 : 0
  const top = headers ? 16 : 0
  let body = ''
  texts.forEach((line, i) => {
    const y = top + i * height
    if (headers) {
      body += textAt(left - 5, y + height / 2 + 3.5, String(rows[0] + i), {
        fill: theme.muted,
        size,
        anchor: 'end',
      })
    }
    line.forEach((text, k) => {
      const value = valueAt(rows[0] + i, columns[0] + k)
      const share = high > low ? (value - low) / (high - low) : 0.5
      const rgb = Number.isNaN(value) ? ([255, 0, 200] as const) : colourAt(colours, share)
      const x = left + k * width
      body += element('rect', {
        x,
        y,
        width,
        height,
        fill: valueColour(rgb),
        stroke: theme.grid,
        'stroke-width': 0.5,
      })
      body += textAt(x + width / 2, y + height / 2 + 3.5, text, {
        fill: inkOn(rgb),
        size,
        anchor: 'middle',
      })
    })
  })
  if (headers) {
    for (let c = columns[0]; c < columns[1]; c++) {
      body += textAt(left + (c - columns[0] + 0.5) * width, 11, String(c), {
        fill: theme.muted,
        size,
        anchor: 'middle',
      })
    }
  }
  return {
    body,
    width: left + (columns[1] - columns[0]) * width,
    height: top + (rows[1] - rows[0]) * height,
  }
}

function formatCell(value: number, decimals: number): string {
  return Number.isFinite(value) ? value.toFixed(decimals).replace('-', '−') : String(value)
}
