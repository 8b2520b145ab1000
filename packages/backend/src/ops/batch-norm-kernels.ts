import { add, div, moments, mul, rsqrt, square, sub, sum } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { activate, activationGradient } from './activation.js'
import type { Activation } from './activation.js'
import type { FusedKernel } from './fused-kernel.js'
import type { Inputs } from './run-kernel.js'
import { runKernel } from './run-kernel.js'
import { sharedResult } from './shared-result.js'

export interface BatchNormAttributes {
  epsilon: number
  activation: Activation
}

/** Normalises by the batch's own statistics: `[y, mean, variance, 1 / √(variance + epsilon)]`. */
export const batchNormTrainKernel: FusedKernel = {
  name: 'DuctusBatchNormTrain',
  compose: ({ x, gamma, beta }, { epsilon, activation }: BatchNormAttributes) => {
    const { mean: mu, variance } = moments(x!, allButLast(x!))
    const invStd: Tensor = rsqrt(add(variance, epsilon))
    const y: Tensor = add(mul(mul(sub(x!, mu), invStd), gamma!), beta!)
    return [activate(y, activation), mu, variance, invStd]
  },
  gradient: {
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [true, true, false, true],
    gradFunc: (dys, saved, attributes) => {
      const [x, gamma, y, mu, invStd] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor]
      const dy = (dys as Tensor[])[0]!
      const { activation } = attributes as unknown as BatchNormAttributes
      const output: Inputs = activation === 'linear' ? {} : { y }
      const all = sharedResult(() =>
        runKernel<Tensor[]>(
          'DuctusBatchNormGradient',
          { x, dy, gamma, mean: mu, invStd, ...output },
          { activation },
        ),
      )
      return { x: () => all(0), gamma: () => all(1), beta: () => all(2) }
    },
  },
}

/** Gradients of the training form, `[dx, dGamma, dBeta]`; `y` only with an activation. */
export const batchNormGradientKernel: FusedKernel = {
  name: 'DuctusBatchNormGradient',
  compose: ({ x, dy, y, gamma, mean: mu, invStd }, { activation }: BatchNormAttributes) => {
    const axes = allButLast(x!)
    const dz = y ? activationGradient(dy!, y, activation) : dy!
    const normal = mul(sub(x!, mu!), invStd!)
    const dGamma = sum(mul(dz, normal), axes)
    const dBeta = sum(dz, axes)
    const rows = Math.max(1, x!.size / gamma!.size)
    const pulled = sub(sub(dz, div(dBeta, rows)), mul(normal, div(dGamma, rows)))
    return [mul(pulled, mul(gamma!, invStd!)), dGamma, dBeta]
  },
}

/** Normalises by given statistics. */
export const batchNormInferenceKernel: FusedKernel = {
  name: 'DuctusBatchNormInference',
  compose: (inputs, { epsilon, activation }: BatchNormAttributes) => {
    const { x, mean: mu, variance, gamma, beta } = inputs as Required<typeof inputs>
    const factor = mul(gamma!, rsqrt(add(variance!, epsilon)))
    return activate(add(mul(sub(x!, mu!), factor), beta!), activation)
  },
  gradient: {
    inputsToSave: ['x', 'mean', 'variance', 'gamma'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, mu, variance, gamma, y] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor]
      const { epsilon, activation } = attributes as unknown as BatchNormAttributes
      const axes = allButLast(x)
      const invStd = () => rsqrt(add(variance, epsilon))
      const dz = (): Tensor => activationGradient(dy as Tensor, y, activation)
      return {
        x: () => mul(dz(), mul(gamma, invStd())),
        beta: () => sum(dz(), axes),
        gamma: () => mul(sum(mul(dz(), sub(x, mu)), axes), invStd()),
        mean: () => mul(sum(dz(), axes), mul(mul(gamma, invStd()), -1)),
        variance: () =>
          mul(
            sum(mul(dz(), sub(x, mu)), axes),
            mul(mul(gamma, mul(square(invStd()), invStd())), -0.5),
          ),
      }
    },
  },
}

function allButLast(x: Tensor): number[] {
  return x.shape.slice(0, -1).map((_, axis) => axis)
}
