import type { Tensor } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import { runKernel } from './run-kernel.js'

export interface DropoutOptions {
  /** Share of the elements that become 0, from 0 to 1; the others are divided by `1 − rate`. */
  rate: number
  /** Unsigned 32-bit integer, of `hashKey`: the same key gives the same mask, on every backend. */
  key: number
  /** Index of x's first element, where x is a part of what the key is for. Defaults to 0. */
  first?: number
}

/**
 * Drops elements at random by a key. Which ones is a function of (key, index) alone, so that a resumed run draws the
 * masks that it would have drawn.
 *
 * @throws BackendError `INVALID_ARGUMENT` for a rate outside [0, 1] or a key that is not an unsigned integer
 */
export function dropout<T extends Tensor>(x: T, { rate, key, first = 0 }: DropoutOptions): T {
  if (!(rate >= 0 && rate <= 1)) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `dropout: expected a rate from 0 to 1, received ${rate}. 0.25 drops a quarter.`,
    )
  }
  if (key >>> 0 !== key) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `dropout: expected key as unsigned 32-bit integer, received ${key}. Make one by hashKey().`,
    )
  }
  if (rate === 0) return x.clone()
  ensureKernels()
  return runKernel<T>('DuctusDropout', { x: floatTensor(x) }, { rate, key, first })
}
