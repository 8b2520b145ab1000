import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { convAttributes } from './conv-options.js'
import { checkConvShapes } from './conv2d.js'
import type { Conv2dOptions } from './conv2d.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import type { Inputs } from './run-kernel.js'
import { runKernel } from './run-kernel.js'

/**
 * Convolves each channel with filters of its own: `activation(depthwise(x, filter) + bias)`. Differentiable with
 * respect to `x`, `filter` and `bias`, with any stride and dilation.
 *
 * @param x `[batch, height, width, channels]`
 * @param filter `[height, width, channels, multiplier]`
 * @param options `bias` is `[channels * multiplier]`
 * @returns `[batch, outHeight, outWidth, channels * multiplier]`
 * @throws BackendError `INVALID_ARGUMENT` when shapes or options do not fit
 */
export function depthwiseConv2d(x: Tensor, filter: Tensor, options: Conv2dOptions = {}): Tensor4D {
  const attributes = convAttributes('depthwiseConv2d', options)
  const outChannels = (filter.shape[2] ?? 0) * (filter.shape[3] ?? 0)
  checkConvShapes('depthwiseConv2d', x, filter, options.bias, outChannels)
  ensureKernels()
  const inputs: Inputs = { x: floatTensor(x), filter: floatTensor(filter) }
  if (options.bias) inputs.bias = floatTensor(options.bias)
  return runKernel<Tensor4D>('DuctusDepthwiseConv2D', inputs, attributes)
}
