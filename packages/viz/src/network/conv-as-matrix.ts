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
import { convOutput, convWindow } from './conv-arithmetic.js'
import { checkGrid, sign } from './explain-conv.js'
import { gridNumber, numberGrid } from './number-grid.js'

type Grid = readonly (readonly number[])[]

export interface ConvMatrixOptions extends PictureOptions {
  image: Grid
  kernel: Grid
  stride?: number
  padding?: number
}

/**
 * Draws a convolution as im2col sees it: each window of the image unrolled into a column, the kernel into a row, and
 * their product, which is the output unrolled.
 */
export function explainIm2col(options: ConvMatrixOptions): Picture {
  const theme = themeOf(options.theme)
  const { rows, columns, kernel, window } = prepared(options)
  const taps = kernel.flat()
  const places = Array.from({ length: rows * columns }, (_u, i) =>
    window(Math.floor(i / columns), i % columns),
  )
  const patches = taps.map((_t, k) => places.map((place) => place.values.flat()[k] ?? 0))
  const outputs = [places.map((place) => place.sum)]
  const cell = Math.max(15, Math.min(30, 700 / (taps.length + 2 * places.length)))
  const bound = absMax(outputs.flat())
  const reach = absMax(taps)
  const drawing = rowOfDrawings(
    [
      numberGrid([taps], {
        theme,
        cell,
        label: `kernel 1 × ${taps.length}`,
        colours: 'diverging',
        range: [-reach, reach],
      }),
      sign('×', theme),
      numberGrid(patches, {
        theme,
        cell,
        label: `patches ${taps.length} × ${places.length}`,
        colours: 'grey',
      }),
      sign('=', theme),
      numberGrid(outputs, {
        theme,
        cell,
        label: `output 1 × ${places.length}`,
        colours: 'diverging',
        range: [-bound, bound],
      }),
    ],
    14,
    'middle',
  )
  return composePicture(
    drawing,
    {
      title: options.title ?? 'The same convolution as one matrix product (im2col)',
      subtitle:
        options.subtitle ??
        `each column holds one window of the image; the output folds back to ${rows} × ${columns}`,
      description: `The kernel as a row of ${taps.length} times ${places.length} windows as columns gives ${places.length} outputs: ${outputs[0]?.map(gridNumber).join(', ')}.`,
    },
    theme,
  )
}

/** Draws a convolution as a matrix that multiplies the flattened image: the kernel's weights, shared along the diagonals. */
export function explainConvMatrix(options: ConvMatrixOptions): Picture {
  const theme = themeOf(options.theme)
  const { image, kernel, stride = 1, padding = 0 } = options
  const { rows, columns, window } = prepared(options)
  const width = image[0]?.length ?? 0
  const matrix = Array.from({ length: rows * columns }, (_u, i) => {
    const line = new Array<number>(image.length * width).fill(Number.NaN)
    kernel.forEach((weights, a) =>
      weights.forEach((weight, b) => {
        const r = Math.floor(i / columns) * stride - padding + a
        const c = (i % columns) * stride - padding + b
        if (r >= 0 && r < image.length && c >= 0 && c < width) line[r * width + c] = weight
      }),
    )
    return line
  })
  const vector = image.flat().map((value) => [value])
  const outputs = Array.from({ length: rows * columns }, (_u, i) => [
    window(Math.floor(i / columns), i % columns).sum,
  ])
  const cell = Math.max(13, Math.min(28, 760 / (vector.length + 4)))
  const reach = absMax(kernel.flat())
  const bound = absMax(outputs.flat())
  const zeros = matrix.flat().filter(Number.isNaN).length
  const drawing = rowOfDrawings(
    [
      numberGrid(matrix, {
        theme,
        cell,
        label: `matrix ${outputs.length} × ${vector.length}`,
        colours: 'diverging',
        range: [-reach, reach],
      }),
      sign('×', theme),
      numberGrid(vector, { theme, cell, label: 'image', colours: 'grey' }),
      sign('=', theme),
      numberGrid(outputs, {
        theme,
        cell,
        label: 'output',
        colours: 'diverging',
        range: [-bound, bound],
      }),
    ],
    14,
    'middle',
  )
  return composePicture(
    drawing,
    {
      title: options.title ?? 'The same convolution as a matrix',
      subtitle:
        options.subtitle ??
        `${kernel.flat().length} weights, shared by all rows; ${zeros} of ${matrix.flat().length} entries are zero and left blank`,
      description: `Each row of the ${outputs.length} × ${vector.length} matrix holds the kernel's weights where its window lies, and zeros elsewhere.`,
    },
    theme,
  )
}

/**
 * Draws the four faces of one small convolution: the grids with letters, the equations, the matrix and the network of
 * connections. Letters: image A, B, C …, kernel α, β, γ …, bias b, output P, Q, R …
 */
export function convFaces(
  options: PictureOptions & {
    input?: readonly [number, number]
    kernel?: readonly [number, number]
  } = {},
): Picture {
  const theme = themeOf(options.theme)
  const { input = [3, 3], kernel = [2, 2] } = options
  const [rows, columns] = convOutput({ input, kernel })
  // I is left out as in the course: it reads like a 1
  const letters = [...'ABCDEFGHJKLMNO']
  const greek = [...'αβγδεζηθικ']
  const outs = [...'PQRSTUVWXYZ']
  const image = gridOf(input, (r, c) => r * input[1] + c)
  const weights = gridOf(kernel, (r, c) => r * kernel[1] + c)
  const output = gridOf([rows, columns], (r, c) => r * columns + c)
  const name = (list: string[]) => (_r: number, _c: number, value: number) => list[value] ?? '?'
  const cell = 36
  const grids = rowOfDrawings(
    [
      numberGrid(image, { theme, cell, label: 'image', words: name(letters) }),
      sign('*', theme),
      numberGrid(weights, { theme, cell, label: 'kernel', words: name(greek) }),
      sign('+ b =', theme),
      numberGrid(output, { theme, cell, label: 'output', words: name(outs) }),
    ],
    14,
    'middle',
  )
  const terms = output.flat().map((_o, i) => {
    const [r, c] = [Math.floor(i / columns), i % columns]
    return weights.flatMap((line, a) =>
      line.map((w, b) => ({ weight: greek[w] ?? '?', pixel: (r + a) * input[1] + c + b })),
    )
  })
  const equations = terms.map(
    (list, i) =>
      `${outs[i] ?? '?'} = ${list.map((t) => `${t.weight}${letters[t.pixel] ?? '?'}`).join(' + ')} + b`,
  )
  const lines: Drawing = {
    body: equations
      .map((text, i) => textAt(0, 14 + i * 22, text, { fill: theme.ink, size: 15 }))
      .join(''),
    width: Math.max(...equations.map((text) => measureText(text, 15))),
    height: equations.length * 22,
  }
  const count = input[0] * input[1]
  const matrix = terms.map((list) => {
    const line = new Array<number>(count).fill(-1)
    for (const term of list) line[term.pixel] = greek.indexOf(term.weight)
    return line
  })
  const column = (list: string[], length: number) =>
    numberGrid(
      Array.from({ length }, (_u, i) => [i]),
      { theme, cell: 26, words: name(list) },
    )
  const asMatrix = rowOfDrawings(
    [
      numberGrid(matrix, {
        theme,
        cell: 26,
        words: (_r, _c, v) => (v < 0 ? '0' : (greek[v] ?? '?')),
      }),
      sign('×', theme),
      column(letters, count),
      sign('+ b =', theme),
      column(outs, rows * columns),
    ],
    12,
    'middle',
  )
  return composePicture(
    stackDrawings(
      [
        titled('As grids', grids, theme),
        titled('As equations', lines, theme),
        titled('As a matrix', asMatrix, theme),
        titled(
          'As a network: each colour and dash is one shared weight',
          connections(terms, letters, outs, greek, theme),
          theme,
        ),
      ],
      22,
    ),
    {
      title: options.title ?? 'Four faces of one convolution',
      subtitle: options.subtitle,
      description: `Equations: ${equations.join('; ')}.`,
    },
    theme,
  )
}

function titled(label: string, drawing: Drawing, theme: Theme): Drawing {
  return stackDrawings(
    [
      {
        body: textAt(0, 12, label, { fill: theme.muted, size: 12.5, weight: 600 }),
        width: measureText(label, 12.5, 600),
        height: 16,
      },
      drawing,
    ],
    6,
  )
}

function connections(
  terms: { weight: string; pixel: number }[][],
  letters: string[],
  outs: string[],
  greek: string[],
  theme: Theme,
): Drawing {
  const inputs = Math.max(...terms.flat().map((t) => t.pixel)) + 1
  const step = 44
  const height = 130
  const shift = ((inputs - terms.length) * step) / 2
  const dashes = [undefined, '6 3', '2 3', '8 3 2 3']
  let body = ''
  terms.forEach((list, i) => {
    for (const term of list) {
      const k = greek.indexOf(term.weight)
      body += `<path d="M${term.pixel * step + 16},${height - 18}L${shift + i * step + 16},34" fill="none" stroke="${theme.series[k % theme.series.length]}" stroke-width="1.75"${dashes[k % 4] ? ` stroke-dasharray="${dashes[k % 4]}"` : ''}/>`
    }
  })
  const node = (x: number, y: number, text: string) =>
    `<circle cx="${x + 16}" cy="${y}" r="15" fill="${theme.surface}" stroke="${theme.border}"/>` +
    textAt(x + 16, y + 5, text, { fill: theme.ink, size: 14, anchor: 'middle' })
  for (let i = 0; i < inputs; i++) body += node(i * step, height, letters[i] ?? '?')
  terms.forEach((_t, i) => (body += node(shift + i * step, 18, outs[i] ?? '?')))
  greek.slice(0, new Set(terms.flat().map((t) => t.weight)).size).forEach((letter, k) => {
    const y = 20 + k * 20
    const x = inputs * step + 20
    body += `<path d="M${x},${y}h34" stroke="${theme.series[k % theme.series.length]}" stroke-width="2"${dashes[k % 4] ? ` stroke-dasharray="${dashes[k % 4]}"` : ''}/>`
    body += textAt(x + 42, y + 5, letter, { fill: theme.ink, size: 14 })
  })
  return { body, width: inputs * step + 80, height: height + 18 }
}

function prepared(options: ConvMatrixOptions) {
  const { image, kernel, stride = 1, padding = 0 } = options
  checkGrid(image, 'image')
  checkGrid(kernel, 'kernel')
  const [rows, columns] = convOutput({
    input: [image.length, image[0]?.length ?? 0],
    kernel: [kernel.length, kernel[0]?.length ?? 0],
    stride,
    padding,
  })
  return {
    rows,
    columns,
    kernel,
    window: (r: number, c: number) => convWindow(image, kernel, r, c, { stride, padding }),
  }
}

function gridOf(
  size: readonly [number, number],
  value: (r: number, c: number) => number,
): number[][] {
  return Array.from({ length: size[0] }, (_r, r) =>
    Array.from({ length: size[1] }, (_c, c) => value(r, c)),
  )
}

function absMax(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs)) || 1
}
