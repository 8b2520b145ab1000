import { sizeOf, type Dataset, type FillContext } from '../datasets/dataset.js'
import type { Batch } from './batch.js'

/** The memory of a batch. */
export type BatchArrays = Pick<Batch, 'x' | 'y'>

/**
 * Makes one batch of the samples at these indices, in the arrays of one that nobody needs any more where they fit, or
 * in new ones.
 */
export function fillBatch(
  dataset: Dataset,
  indices: ArrayLike<number>,
  context: FillContext,
  spare?: BatchArrays,
): Batch {
  const size = indices.length
  const xLength = size * sizeOf(dataset.xShape)
  const yLength = size * sizeOf(dataset.yShape)
  const fits = spare?.x.length === xLength && spare.y.length === yLength
  const x = fits ? spare.x.fill(0) : new Float32Array(xLength)
  const newTargets = dataset.yDtype === 'float32' ? Float32Array : Int32Array
  const y = fits ? spare.y.fill(0) : new newTargets(yLength)
  dataset.fill(indices, x, y, context)
  return { x, xShape: [size, ...dataset.xShape], y, yShape: [size, ...dataset.yShape], size }
}
