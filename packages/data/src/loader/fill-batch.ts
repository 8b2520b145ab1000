import { sizeOf, type Dataset, type FillContext } from '../datasets/dataset.js'
import type { Batch } from './batch.js'
import type { BatchArrays } from './batch-arrays.js'

/**
 * Makes one batch of the samples at these indices, in arrays that served before, or in new ones. They may have room for
 * more samples than there are.
 */
export function fillBatch(
  dataset: Dataset,
  indices: ArrayLike<number>,
  context: FillContext,
  arrays?: BatchArrays,
): Batch {
  const size = indices.length
  const xLength = size * sizeOf(dataset.xShape)
  const yLength = size * sizeOf(dataset.yShape)
  const newTargets = dataset.yDtype === 'float32' ? Float32Array : Int32Array
  const x = arrays === undefined ? new Float32Array(xLength) : start(arrays.x, xLength)
  const y = arrays === undefined ? new newTargets(yLength) : start(arrays.y, yLength)
  if (arrays !== undefined && dataset.overwrites !== true) {
    x.fill(0)
    y.fill(0)
  }
  dataset.fill(indices, x, y, context)
  return { x, xShape: [size, ...dataset.xShape], y, yShape: [size, ...dataset.yShape], size }
}

/** Gives the first `length` values of an array, in the same memory. */
function start<T extends Float32Array | Int32Array>(array: T, length: number): T {
  return (array.length === length ? array : array.subarray(0, length)) as T
}
