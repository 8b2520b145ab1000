import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import { convAttributes } from './conv-options.js'
import type { ConvOptions } from './conv-options.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import type { Inputs } from './run-kernel.js'
import { runKernel } from './run-kernel.js'

export interface Conv2dOptions extends ConvOptions {
  /** `[outChannels]`, added before the activation. */
  bias?: Tensor
}

/**
 * Convolves images: `activation(conv(x, filter) + bias)` in one kernel where the backend has one, composed of stock
 * ops elsewhere. Differentiable with respect to `x`, `filter` and `bias`, with any stride and dilation.
 *
 * @param x `[batch, height, width, inChannels]`
 * @param filter `[height, width, inChannels, outChannels]`
 * @returns `[batch, outHeight, outWidth, outChannels]`
 * @throws BackendError `INVALID_ARGUMENT` when shapes or options do not fit
 */
export function conv2d(x: Tensor, filter: Tensor, options: Conv2dOptions = {}): Tensor4D {
  const attributes = convAttributes('conv2d', options)
  checkConvShapes('conv2d', x, filter, options.bias, filter.shape[3])
  ensureKernels()
  const inputs: Inputs = { x: floatTensor(x), filter: floatTensor(filter) }
  if (options.bias) inputs.bias = floatTensor(options.bias)
  return runKernel<Tensor4D>('DuctusConv2D', inputs, attributes)
}

/** Refuses shapes that no convolution takes. */
export function checkConvShapes(
  op: string,
  x: Tensor,
  filter: Tensor,
  bias: Tensor | undefined,
  outChannels: number | undefined,
): void {
  if (x.rank !== 4 || filter.rank !== 4 || x.shape[3] !== filter.shape[2]) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `${op}: expected x [batch, height, width, channels] and filter [height, width, channels, out], ` +
        `received [${x.shape.join(', ')}] and [${filter.shape.join(', ')}]. ` +
        'Channels of x and filter must be the same.',
    )
  }
  if (bias && (bias.rank !== 1 || bias.shape[0] !== outChannels)) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `${op}: expected bias [${outChannels}], received [${bias.shape.join(', ')}]. ` +
        'Give one number for each output channel.',
    )
  }
}
