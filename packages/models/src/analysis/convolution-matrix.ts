import { ModelError } from '../model-error.js'

/** How a convolution goes on past the ends: not at all, with zeros, or around. */
export type MatrixPadding = 'valid' | 'same' | 'circular'

/** Options of {@link convolutionMatrix}. */
export interface ConvolutionMatrixOptions {
  /** Defaults to `valid`. `same` and `circular` keep the size, the kernel's centre on each cell in turn. */
  readonly padding?: MatrixPadding
}

/**
 * Writes a convolution as the matrix that does the same to the flattened input: sparse, with the kernel's weights
 * repeated in every row. As in networks the kernel is not flipped.
 *
 * @param kernel `number[]` for one dimension, rows of numbers for two
 * @param size length of the input, or `[height, width]`
 * @returns one row an output, one column an input
 * @example convolutionMatrix([1, 2, 3], 8) // 6×8
 */
export function convolutionMatrix(
  kernel: readonly number[] | readonly (readonly number[])[],
  size: number | readonly [number, number],
  { padding = 'valid' }: ConvolutionMatrixOptions = {},
): number[][] {
  const rows = (typeof kernel[0] === 'number' ? [kernel] : kernel) as readonly (readonly number[])[]
  const [height, width] = typeof size === 'number' ? [1, size] : size
  const vertical = reads(rows.length, height, padding)
  const horizontal = reads(rows[0]!.length, width, padding)
  return vertical.flatMap((ys) =>
    horizontal.map((xs) => {
      const row = new Array<number>(height * width).fill(0)
      for (const [i, y] of ys.entries()) {
        for (const [j, x] of xs.entries()) {
          if (y !== undefined && x !== undefined) row[y * width + x]! += rows[i]![j]!
        }
      }
      return row
    }),
  )
}

/**
 * Writes the matrix whose first column is `vector` and whose every other column is the one before it, turned by one
 * place: multiplying by it is a circular convolution.
 */
export function circulant(vector: readonly number[]): number[][] {
  const n = vector.length
  return vector.map((_, row) => vector.map((_, column) => vector[(row - column + n) % n]!))
}

/**
 * Writes a matrix that reads as a valid convolution of `kernelSize` does, but with weights of its own in every row:
 * local, not translation-equivariant.
 *
 * @param values row by row, `(length − kernelSize + 1) · kernelSize` of them
 */
export function localMatrix(
  values: readonly number[],
  kernelSize: number,
  length: number,
): number[][] {
  const rows = length - kernelSize + 1
  if (rows < 1 || values.length !== rows * kernelSize) {
    throw new ModelError(
      'BAD_SHAPE',
      `localMatrix: expected ${Math.max(rows, 0)}·${kernelSize} values, received ${values.length}. ` +
        'Give each output weights of its own.',
    )
  }
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length }, (_, column) => {
      const tap = column - row
      return tap >= 0 && tap < kernelSize ? values[row * kernelSize + tap]! : 0
    }),
  )
}

/** Lists for each output the input that each tap reads; undefined is padding. */
function reads(kernel: number, length: number, padding: MatrixPadding): (number | undefined)[][] {
  if (kernel > length) {
    throw new ModelError(
      'BAD_SHAPE',
      `convolutionMatrix: expected a kernel no longer than the input, received ${kernel} and ${length}. ` +
        'Use a smaller kernel.',
    )
  }
  const outputs = padding === 'valid' ? length - kernel + 1 : length
  const before = padding === 'valid' ? 0 : Math.floor(kernel / 2)
  return Array.from({ length: outputs }, (_, output) =>
    Array.from({ length: kernel }, (_, tap) => {
      const place = output - before + tap
      if (padding === 'circular') return (place + length) % length
      return place >= 0 && place < length ? place : undefined
    }),
  )
}
