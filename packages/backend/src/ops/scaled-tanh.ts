import type { Tensor } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import { runKernel } from './run-kernel.js'

export interface ScaledTanhOptions {
  /** Largest value out, not 0. Defaults to 1.716. */
  amplitude?: number
  /** Slope before the tanh. Defaults to 2/3. */
  slope?: number
}

/**
 * Applies `amplitude · tanh(slope · x)`, by default the activation of LeCun et al. 1990. Differentiable.
 *
 * @throws BackendError `INVALID_ARGUMENT` for numbers that are not finite, or an amplitude of 0
 */
export function scaledTanh<T extends Tensor>(
  x: T,
  { amplitude = 1.716, slope = 2 / 3 }: ScaledTanhOptions = {},
): T {
  if (!Number.isFinite(amplitude) || !Number.isFinite(slope) || Math.fround(amplitude) === 0) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `scaledTanh: expected finite numbers and an amplitude other than 0, received amplitude ${amplitude} ` +
        `and slope ${slope}. Leave them out for 1.716 and 2/3.`,
    )
  }
  ensureKernels()
  return runKernel<T>('DuctusScaledTanh', { x: floatTensor(x) }, { amplitude, slope })
}
