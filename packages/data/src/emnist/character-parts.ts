import { permutation } from '../random/permutation.js'
import { keyedRandom } from '../random/keyed-random.js'
import type { Sampling } from './balance.js'
import type { CharacterOptions } from './character-options.js'

/** Names the sampling that the options ask for. */
export function samplingOf(options: CharacterOptions): Sampling {
  if (options.labSampling) return 'lab'
  return options.balance ? 'balanced' : 'all'
}

/** Splits the images of the training file in training and validation, by seed: indices in random order. */
export function splitTraining(
  count: number,
  options: CharacterOptions,
): { train: Uint32Array; val: Uint32Array } {
  const order = permutation(count, keyedRandom(options.splitSeed, 'split'))
  const trained = Math.floor(count * options.trainFraction)
  return { train: order.subarray(0, trained), val: order.subarray(trained) }
}
