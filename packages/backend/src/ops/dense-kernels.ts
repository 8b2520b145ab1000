import { add, matMul, sum } from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { activate } from './activation.js'
import type { Activation } from './activation.js'
import type { FusedKernel } from './fused-kernel.js'
import { runKernel } from './run-kernel.js'
import { sharedResult } from './shared-result.js'

export interface DenseAttributes {
  activation: Activation
}

/** `activation(x · kernel + bias)`, `x [rows, in]`, `kernel [in, out]`; `bias` may be left out. */
export const denseKernel: FusedKernel = {
  name: 'DuctusDense',
  compose: ({ x, kernel, bias }, { activation }: DenseAttributes) => {
    const y = matMul(x as Tensor2D, kernel as Tensor2D)
    return activate(bias ? add(y, bias) : y, activation)
  },
  gradient: {
    inputsToSave: ['x', 'kernel'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, kernel, y] = saved as [Tensor2D, Tensor2D, Tensor2D]
      const { activation } = attributes as unknown as DenseAttributes
      const gradient = sharedResult(() => [
        activation === 'linear'
          ? (dy as Tensor)
          : runKernel<Tensor>('DuctusActivationGradient', { dy: dy as Tensor, y }, { activation }),
      ])
      return {
        x: () => matMul(gradient(0) as Tensor2D, kernel, false, true),
        kernel: () => matMul(x, gradient(0) as Tensor2D, true, false),
        bias: () => sum(gradient(0), 0),
      }
    },
  },
}
