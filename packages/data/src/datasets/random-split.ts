import { DataError } from '../errors/data-error.js'
import type { Random } from '../random/keyed-random.js'
import { permutation } from '../random/permutation.js'
import type { Dataset } from './dataset.js'
import { Subset } from './subset.js'

/**
 * Splits a dataset at random into parts of the given sizes that share no sample.
 * Sizes may add up to less than the whole; the rest is left out.
 */
export function randomSplit(dataset: Dataset, sizes: readonly number[], rng: Random): Subset[] {
  const wanted = sizes.reduce((sum, size) => sum + size, 0)
  if (sizes.some((size) => !Number.isInteger(size) || size < 0) || wanted > dataset.length) {
    throw new DataError(
      'invalid-options',
      `randomSplit: expected sizes that add up to at most ${dataset.length}, ` +
        `received ${sizes.join(' + ')}. Ask for fewer samples.`,
    )
  }
  const order = permutation(dataset.length, rng)
  let start = 0
  return sizes.map((size) => new Subset(dataset, order.subarray(start, (start += size))))
}
