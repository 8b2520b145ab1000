import { composePicture, rowOfDrawings, type PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { themeOf } from '../theme/theme.js'
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

function absMax(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs)) || 1
}
