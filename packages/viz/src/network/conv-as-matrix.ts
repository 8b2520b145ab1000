import {
  composePicture,
  rowOfDrawings,
  stackDrawings,
  type PictureOptions,
} from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { translate } from '../svg/element.js'
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
  const cell = Math.max(17, Math.min(30, 860 / (taps.length + places.length + 4)))
  const bound = absMax(outputs.flat())
  const reach = absMax(taps)
  const row = numberGrid([taps], {
    theme,
    cell,
    label: `kernel 1 × ${taps.length}`,
    colours: 'diverging',
    range: [-reach, reach],
  })
  const columnsOf = numberGrid(patches, {
    theme,
    cell,
    label: `patches ${taps.length} × ${places.length}`,
    colours: 'grey',
  })
  const product = numberGrid(outputs, {
    theme,
    cell,
    label: `output 1 × ${places.length}`,
    colours: 'diverging',
    range: [-bound, bound],
  })
  // each output stands under the patch that it comes from, level with the kernel
  const left = row.width + 46
  const below = columnsOf.height + 14
  const drawing: Drawing = {
    body:
      translate(left, 0, columnsOf.body) +
      translate(0, below, row.body) +
      translate(row.width + 13, below + 20 + cell / 2 - 22, sign('×', theme).body) +
      translate(left, below, product.body),
    width: left + Math.max(columnsOf.width, product.width),
    height: below + row.height,
  }
  return composePicture(
    drawing,
    {
      title: options.title ?? 'The same convolution as one matrix product (im2col)',
      subtitle:
        options.subtitle ??
        `each column holds one window of the image, the kernel times it stands below; the output folds back to ${rows} × ${columns}`,
      description: `The kernel as a row of ${taps.length} times ${places.length} windows as columns gives ${places.length} outputs: ${outputs[0]?.map(gridNumber).join(', ')}.`,
      caption: '',
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
  const vector = [image.flat()]
  const outputs = Array.from({ length: rows * columns }, (_u, i) => [
    window(Math.floor(i / columns), i % columns).sum,
  ])
  const count = vector[0]?.length ?? 0
  const cell = Math.max(13, Math.min(28, 860 / (count + 3)))
  const reach = absMax(kernel.flat())
  const bound = absMax(outputs.flat())
  const zeros = matrix.flat().filter(Number.isNaN).length
  const weights = numberGrid(matrix, {
    theme,
    cell,
    label: `matrix ${outputs.length} × ${count}`,
    colours: 'diverging',
    range: [-reach, reach],
  })
  const product = numberGrid(outputs, {
    theme,
    cell,
    label: 'output',
    colours: 'diverging',
    range: [-bound, bound],
  })
  // the image lies over the columns that it multiplies: as a column of its own it would be twice as high as the rest
  const over = numberGrid(vector, { theme, cell, label: 'image, unrolled', colours: 'grey' })
  const drawing = stackDrawings(
    [over, rowOfDrawings([weights, sign('=', theme), product], 14, 'middle')],
    10,
  )
  return composePicture(
    drawing,
    {
      title: options.title ?? 'The same convolution as a matrix',
      subtitle:
        options.subtitle ??
        `each row times the image above it is one output; ${kernel.flat().length} weights, shared by all rows; ${zeros} of ${matrix.flat().length} entries are zero and left blank`,
      description: `Each row of the ${outputs.length} × ${count} matrix holds the kernel's weights where its window lies, and zeros elsewhere.`,
      caption: '',
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
