import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { RunKernel } from '../compose-kernel.js'

const kernels: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  prelu: 'Prelu',
  leakyrelu: 'LeakyRelu',
}

/** Applies one of TensorFlow.js' fusable activations by its own kernel; `linear` gives the tensor back. */
export function activate(
  run: RunKernel,
  x: TensorInfo,
  activation: string,
  slopes?: TensorInfo,
  alpha?: number,
): TensorInfo {
  const kernel = kernels[activation]
  if (!kernel) return x
  return run(kernel, slopes ? { x, alpha: slopes } : { x }, { alpha })
}
