import { engine, mul, where, zerosLike } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { dropoutMask } from '../random/dropout-mask.js'
import type { FusedKernel } from './fused-kernel.js'
import { runKernel } from './run-kernel.js'

export interface DropoutAttributes {
  rate: number
  key: number
  /** Index of x's first element. */
  first: number
}

/** `x / (1 − rate)` where the keyed mask keeps, 0 elsewhere; its own gradient. */
export const dropoutKernel: FusedKernel = {
  name: 'DuctusDropout',
  compose: ({ x }, { rate, key, first }: DropoutAttributes) => {
    const mask = dropoutMask(key, rate, x!.size, first)
    const keep = engine().makeTensor(mask, x!.shape, 'bool')
    return where(keep, rate < 1 ? mul(x!, Math.fround(1 / (1 - rate))) : x!, zerosLike(x!))
  },
  gradient: {
    gradFunc: (dy, _saved, attributes) => ({
      x: () => runKernel<Tensor>('DuctusDropout', { x: dy as Tensor }, attributes),
    }),
  },
}
