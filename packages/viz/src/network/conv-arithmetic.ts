import { VizError } from '../viz-error.js'

/** A convolution in two dimensions over one channel: sizes as [height, width]. */
export interface ConvShape {
  input: readonly [number, number]
  kernel: readonly [number, number]
  /** Defaults to 1. */
  stride?: number
  /** Zeros on each side. Defaults to 0. */
  padding?: number
  /** Defaults to 1. */
  dilation?: number
}

/** Works out the output's size: ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1 on each axis. */
export function convOutput(shape: ConvShape): [number, number] {
  const { input, kernel, stride = 1, padding = 0, dilation = 1 } = shape
  const size = (n: number, k: number) =>
    Math.floor((n + 2 * padding - dilation * (k - 1) - 1) / stride) + 1
  const output: [number, number] = [size(input[0], kernel[0]), size(input[1], kernel[1])]
  const whole = [...input, ...kernel, stride, dilation].every((v) => Number.isInteger(v) && v > 0)
  if (!whole || !Number.isInteger(padding) || padding < 0 || output.some((n) => n < 1)) {
    throw new VizError(
      'argument',
      `Convolution: expected a kernel that fits the padded input, received input ${input.join(' × ')}, kernel ` +
        `${kernel.join(' × ')}, stride ${stride}, padding ${padding}, dilation ${dilation}. Use a smaller kernel or more padding.`,
    )
  }
  return output
}

/** Reads a value, 0 outside the grid. */
export function at(grid: readonly (readonly number[])[], row: number, column: number): number {
  return grid[row]?.[column] ?? 0
}

/** One window of a convolution: the products under the kernel, and their sum. */
export interface ConvWindow {
  /** The window's values, 0 in the padding. */
  values: number[][]
  products: number[][]
  sum: number
}

/** Multiplies the kernel with the window that gives output (row, column). As in neural networks, nothing is flipped. */
export function convWindow(
  image: readonly (readonly number[])[],
  kernel: readonly (readonly number[])[],
  row: number,
  column: number,
  shape: { stride?: number; padding?: number; dilation?: number } = {},
): ConvWindow {
  const { stride = 1, padding = 0, dilation = 1 } = shape
  const values = kernel.map((line, i) =>
    line.map((_k, j) =>
      at(image, row * stride - padding + i * dilation, column * stride - padding + j * dilation),
    ),
  )
  const products = values.map((line, i) => line.map((value, j) => value * at(kernel, i, j)))
  const sum = products.flat().reduce((a, b) => a + b, 0)
  return { values, products, sum }
}
