import { reshape } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import { checkActivation } from './activation.js'
import type { Activation } from './activation.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import type { Inputs } from './run-kernel.js'
import { runKernel } from './run-kernel.js'

export interface DenseOptions {
  /** `[out]`, added before the activation. */
  bias?: Tensor
  /** Defaults to `linear`. */
  activation?: Activation
}

/**
 * Applies a dense layer: `activation(x · kernel + bias)`. Differentiable with respect to all three.
 *
 * @param x `[…, in]`, at least two axes
 * @param kernel `[in, out]`
 * @returns `[…, out]`
 * @throws BackendError `INVALID_ARGUMENT` when shapes do not fit
 */
export function dense(x: Tensor, kernel: Tensor, options: DenseOptions = {}): Tensor {
  const { bias, activation = 'linear' } = options
  checkActivation('dense', activation)
  const [size, out] = kernel.shape as [number, number]
  if (x.rank < 2 || kernel.rank !== 2 || x.shape.at(-1) !== size) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `dense: expected x [batch, in] and kernel [in, out], received [${x.shape.join(', ')}] and ` +
        `[${kernel.shape.join(', ')}]. The last axis of x must be the first of kernel.`,
    )
  }
  if (bias && (bias.rank !== 1 || bias.shape[0] !== out)) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `dense: expected bias [${out}], received [${bias.shape.join(', ')}]. ` +
        'Give one number for each output.',
    )
  }
  ensureKernels()
  const rows = floatTensor(x)
  const inputs: Inputs = {
    x: x.rank === 2 ? rows : reshape(rows, [x.size / Math.max(size, 1), size]),
    kernel: floatTensor(kernel),
  }
  if (bias) inputs.bias = floatTensor(bias)
  const y = runKernel<Tensor>('DuctusDense', inputs, { activation })
  return x.rank === 2 ? y : reshape(y, [...x.shape.slice(0, -1), out])
}
