import {
  composePicture,
  rowOfDrawings,
  stackDrawings,
  type PictureOptions,
} from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { textAt } from '../svg/text.js'
import { measureText } from '../text/measure-text.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { convOutput, convWindow } from './conv-arithmetic.js'
import { gridNumber, numberGrid } from './number-grid.js'

type Grid = readonly (readonly number[])[]

export interface ExplainConvOptions extends PictureOptions {
  image: Grid
  kernel: Grid
  /** Which output is explained, by row and column of the output. Defaults to the one with the largest sum. */
  row?: number
  column?: number
  stride?: number
  padding?: number
  dilation?: number
}

/**
 * Explains one output of a convolution: the kernel over the image, the window's values times the kernel's, their sum,
 * and where it goes in the output.
 */
export function explainConv(options: ExplainConvOptions): Picture {
  const theme = themeOf(options.theme)
  const { image, kernel, stride = 1, padding = 0, dilation = 1 } = options
  checkGrid(image, 'image')
  checkGrid(kernel, 'kernel')
  const shape = { stride, padding, dilation }
  const input = [image.length, image[0]?.length ?? 0] as const
  const size = [kernel.length, kernel[0]?.length ?? 0] as const
  const [rows, columns] = convOutput({ input, kernel: size, ...shape })
  const output = Array.from({ length: rows }, (_u, r) =>
    Array.from({ length: columns }, (_v, c) => convWindow(image, kernel, r, c, shape).sum),
  )
  const [row, column] = chosen(options, output)
  const window = convWindow(image, kernel, row, column, shape)
  const cell = Math.max(16, Math.min(34, 560 / (input[1] + 2 * padding + columns)))
  const span = [(size[0] - 1) * dilation + 1, (size[1] - 1) * dilation + 1] as const
  const padded = padGrid(image, padding)
  const imageDrawing = numberGrid(padded, {
    theme,
    cell,
    label: `image ${input.join(' × ')}${padding > 0 ? `, padding ${padding}` : ''}`,
    colours: 'grey',
    range: rangeOfGrid(image),
    padding,
    frame: {
      row: row * stride,
      column: column * stride,
      height: span[0],
      width: span[1],
      colour: theme.highlight,
    },
  })
  const bound = Math.max(...output.flat().map(Math.abs)) || 1
  const outputDrawing = numberGrid(output, {
    theme,
    cell,
    label: `output ${rows} × ${columns}`,
    colours: 'diverging',
    range: [-bound, bound],
    marked: [{ row, column, colour: theme.highlight }],
  })
  const reach = Math.max(...kernel.flat().map(Math.abs)) || 1
  const small = 40
  const step = rowOfDrawings(
    [
      numberGrid(window.values, {
        theme,
        cell: small,
        label: 'window',
        colours: 'grey',
        range: rangeOfGrid(image),
      }),
      sign('×', theme),
      numberGrid(kernel, {
        theme,
        cell: small,
        label: 'kernel',
        colours: 'diverging',
        range: [-reach, reach],
      }),
      sign('=', theme),
      numberGrid(window.products, {
        theme,
        cell: small,
        label: 'products',
        colours: 'diverging',
        range: [-bound, bound],
      }),
      sign('→', theme),
      numberGrid([[window.sum]], {
        theme,
        cell: small * 1.3,
        label: 'sum',
        colours: 'diverging',
        range: [-bound, bound],
      }),
    ],
    14,
    'middle',
  )
  const equation = equationOf(window.values, kernel, window.sum)
  const drawing = stackDrawings(
    [rowOfDrawings([imageDrawing, outputDrawing], 40, 'middle'), step, words(equation, theme)],
    24,
  )
  return composePicture(
    drawing,
    {
      title: options.title ?? `A convolution, step by step: output (${row}, ${column})`,
      subtitle:
        options.subtitle ??
        `kernel ${size.join(' × ')}, stride ${stride}, padding ${padding}${dilation > 1 ? `, dilation ${dilation}` : ''}: ${input.join(' × ')} → ${rows} × ${columns}`,
      description: `The kernel lies over the window at output row ${row}, column ${column}; products are summed: ${equation}.`,
      caption: '',
    },
    theme,
  )
}

function chosen(options: ExplainConvOptions, output: Grid): [number, number] {
  let best: [number, number] = [0, 0]
  output.forEach((line, r) =>
    line.forEach((value, c) => {
      if (value > (output[best[0]]?.[best[1]] ?? -Infinity)) best = [r, c]
    }),
  )
  const row = options.row ?? best[0]
  const column = options.column ?? best[1]
  if (output[row]?.[column] === undefined) {
    throw new VizError(
      'argument',
      `explainConv: expected an output below (${output.length}, ${output[0]?.length ?? 0}), received (${row}, ${column}).`,
    )
  }
  return [row, column]
}

function equationOf(values: Grid, kernel: Grid, sum: number): string {
  const terms = values.flatMap((line, i) =>
    line.flatMap((value, j) => {
      const weight = kernel[i]?.[j] ?? 0
      return weight === 0 ? [] : [{ weight, value }]
    }),
  )
  const parts = terms.map(({ weight, value }, i) => {
    const mark = weight < 0 ? (i === 0 ? '−' : ' − ') : i === 0 ? '' : ' + '
    const size = Math.abs(weight)
    const factor = size === 1 ? '' : `${gridNumber(size)}·`
    const term = value < 0 ? `(${gridNumber(value)})` : gridNumber(value)
    return mark + factor + term
  })
  return `${parts.join('')} = ${gridNumber(sum)}`
}

function words(text: string, theme: Theme): Drawing {
  return {
    body: textAt(0, 13, text, { fill: theme.ink, size: 13 }),
    width: measureText(text, 13),
    height: 18,
  }
}

/** Draws an operator between grids. */
export function sign(text: string, theme: Theme): Drawing {
  return {
    body: textAt(0, 32, text, { fill: theme.ink, size: 22 }),
    width: measureText(text, 22),
    height: 44,
  }
}

/** Surrounds a grid with zeros. */
export function padGrid(grid: Grid, padding: number): number[][] {
  const width = (grid[0]?.length ?? 0) + 2 * padding
  const blank = () => Array.from({ length: padding }, () => new Array<number>(width).fill(0))
  const rim = new Array<number>(padding).fill(0)
  return [...blank(), ...grid.map((line) => [...rim, ...line, ...rim]), ...blank()]
}

function rangeOfGrid(grid: Grid): readonly [number, number] {
  const values = grid.flat()
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return low >= 0 && high <= 1 ? [0, 1] : [low, high]
}

/** Checks that a grid is rectangular and not too large to read. */
export function checkGrid(grid: Grid, name: string): void {
  const width = grid[0]?.length ?? 0
  if (width === 0 || grid.some((line) => line.length !== width) || grid.length > 64 || width > 64) {
    throw new VizError(
      'argument',
      `Convolution: expected a rectangular ${name} of 1 to 64 rows and columns, received ${grid.length} rows of ` +
        `${[...new Set(grid.map((line) => line.length))].join(' and ')}. Crop the image first.`,
    )
  }
}
