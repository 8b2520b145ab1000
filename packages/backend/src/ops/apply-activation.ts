import type { Tensor } from '@tensorflow/tfjs-core'
import { checkActivation } from './activation.js'
import type { Activation } from './activation.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import { runKernel } from './run-kernel.js'

/**
 * Applies an activation, with a gradient in one kernel where the backend has one. Where it follows a convolution, a
 * dense layer or batch normalisation, give it to that op instead.
 *
 * @throws BackendError `INVALID_ARGUMENT` for a name that is not an activation
 */
export function applyActivation<T extends Tensor>(x: T, activation: Activation): T {
  checkActivation('applyActivation', activation)
  ensureKernels()
  return runKernel<T>('DuctusActivation', { x: floatTensor(x) }, { activation })
}
