import { pad, reshape, slice } from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

/**
 * Spreads a filter `[height, width, in, out]` apart by zeros, so that a plain convolution does what a dilated one
 * does: stock gradients know no dilation.
 */
export function dilateFilter(filter: Tensor, [rows, columns]: [number, number]): Tensor4D {
  const [h, w, i, o] = filter.shape as [number, number, number, number]
  if (rows === 1 && columns === 1) return filter as Tensor4D
  const spread = pad(reshape(filter, [h, 1, w, 1, i * o]), [
    [0, 0],
    [0, rows - 1],
    [0, 0],
    [0, columns - 1],
    [0, 0],
  ])
  const whole = reshape(spread, [h * rows, w * columns, i, o])
  return slice(whole, 0, dilatedShape(filter.shape, [rows, columns])) as Tensor4D
}

/** Takes from the gradient of a dilated filter the elements that are not fixed at zero. */
export function undilateFilter(
  gradient: Tensor,
  filterShape: number[],
  [rows, columns]: [number, number],
): Tensor4D {
  if (rows === 1 && columns === 1) return gradient as Tensor4D
  const [h, w, i, o] = filterShape as [number, number, number, number]
  const whole = pad(gradient, [
    [0, rows - 1],
    [0, columns - 1],
    [0, 0],
    [0, 0],
  ])
  const spread = reshape(whole, [h, rows, w, columns, i * o])
  return reshape(slice(spread, 0, [h, 1, w, 1, i * o]), [h, w, i, o])
}

/** Shape of a filter spread by a dilation. */
export function dilatedShape(
  shape: number[],
  [rows, columns]: [number, number],
): [number, number, number, number] {
  const [h, w, i, o] = shape as [number, number, number, number]
  return [(h - 1) * rows + 1, (w - 1) * columns + 1, i, o]
}
