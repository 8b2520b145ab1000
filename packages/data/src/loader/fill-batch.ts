import { sizeOf, type Dataset, type FillContext } from '../datasets/dataset.js'
import type { Batch } from './batch.js'

/** Makes one batch, in new arrays that are the caller's to keep, of the samples at these indices. */
export function fillBatch(
  dataset: Dataset,
  indices: ArrayLike<number>,
  context: FillContext,
): Batch {
  const size = indices.length
  const x = new Float32Array(size * sizeOf(dataset.xShape))
  const yLength = size * sizeOf(dataset.yShape)
  const y = dataset.yDtype === 'float32' ? new Float32Array(yLength) : new Int32Array(yLength)
  dataset.fill(indices, x, y, context)
  return { x, xShape: [size, ...dataset.xShape], y, yShape: [size, ...dataset.yShape], size }
}
