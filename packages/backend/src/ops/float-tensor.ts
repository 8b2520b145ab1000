import { cast } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

/** Brings a tensor to float32, the type that fused kernels compute in. */
export function floatTensor(x: Tensor): Tensor {
  return x.dtype === 'float32' ? x : cast(x, 'float32')
}
