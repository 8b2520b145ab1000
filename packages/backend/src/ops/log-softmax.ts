import type { Tensor } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import { runKernel } from './run-kernel.js'

/**
 * Computes the logarithm of softmax along the last axis, in one kernel where the backend has one. Differentiable.
 *
 * @param logits `[…, classes]`
 * @throws BackendError `INVALID_ARGUMENT` for a scalar
 */
export function logSoftmax<T extends Tensor>(logits: T): T {
  if (logits.rank === 0) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      'logSoftmax: expected logits […, classes], received a scalar. Give at least one axis.',
    )
  }
  ensureKernels()
  return runKernel<T>('DuctusLogSoftmax', { logits: floatTensor(logits) })
}
