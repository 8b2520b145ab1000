import { ModelError } from '../model-error.js'
import { convOutputSize } from './conv-size.js'

/** Rows of numbers. */
export type Grid = readonly ArrayLike<number>[]

/**
 * Computes one number of a convolution: the kernel laid on the image with its centre at (row, column), products
 * summed.
 *
 * @throws ModelError `BAD_SHAPE` when the kernel reaches over the image's edge
 */
export function applyKernel(image: Grid, row: number, column: number, kernel: Grid): number {
  const top = row - Math.floor(kernel.length / 2)
  const left = column - Math.floor(kernel[0]!.length / 2)
  let sum = 0
  for (const [i, weights] of kernel.entries()) {
    for (let j = 0; j < weights.length; j++) {
      const pixel = image[top + i]?.[left + j]
      if (pixel === undefined) {
        throw new ModelError(
          'BAD_SHAPE',
          `applyKernel: expected the kernel inside the image, received row ${row}, column ${column}. ` +
            'Keep half a kernel away from the edge.',
        )
      }
      sum += weights[j]! * pixel
    }
  }
  return sum
}

/** Numbers with their shape. */
export interface Maps {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/**
 * Lays every kernel on every image, at every place where it fits: images `[n, height, width]` and k kernels give maps
 * `[n, height′, width′, k]`.
 *
 * @param options `stride` in pixels; defaults to 1
 */
export function applyKernels(
  images: Maps,
  kernels: readonly Grid[],
  { stride = 1 }: { stride?: number } = {},
): Maps {
  const [n, height, width] = images.shape as [number, number, number]
  const size = kernels[0]!.length
  const columns = kernels[0]![0]!.length
  const outHeight = convOutputSize(height, { kernel: size, stride })
  const outWidth = convOutputSize(width, { kernel: columns, stride })
  const data = new Float32Array(n * outHeight * outWidth * kernels.length)
  let place = 0
  for (let i = 0; i < n; i++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        for (const kernel of kernels) {
          let sum = 0
          for (let a = 0; a < size; a++) {
            const from = (i * height + y * stride + a) * width + x * stride
            for (let b = 0; b < columns; b++) sum += kernel[a]![b]! * images.data[from + b]!
          }
          data[place++] = sum
        }
      }
    }
  }
  return { data, shape: [n, outHeight, outWidth, kernels.length] }
}
