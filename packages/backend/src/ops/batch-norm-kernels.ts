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
  /** Whether a residual was added. */
  joined: boolean
}

/** Normalises by the batch's own statistics: `[y, mean, variance, 1 / √(variance + epsilon)]`. `residual` may be left out. */
export const batchNormTrainKernel: FusedKernel = {
  name: 'DuctusBatchNormTrain',
  compose: ({ x, gamma, beta, residual }, { epsilon, activation }: BatchNormAttributes) => {
    const { mean: mu, variance } = moments(x!, allButLast(x!))
    const invStd: Tensor = rsqrt(add(variance, epsilon))
    const z: Tensor = add(mul(mul(sub(x!, mu), invStd), gamma!), beta!)
    return [activate(residual ? add(z, residual) : z, activation), mu, variance, invStd]
  },
  gradient: {
    inputsToSave: ['x', 'gamma', 'beta'],
    outputsToSave: [true, true, false, true],
    gradFunc: (dys, saved, attributes) => {
      const [x, gamma, beta, y, mu, invStd] = saved as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ]
      const { activation, joined } = attributes as unknown as BatchNormAttributes
      const inputs: Inputs = { x, dy: (dys as Tensor[])[0]!, gamma, beta, mean: mu, invStd }
      if (activation !== 'linear') inputs.y = y
      const all = sharedResult(() =>
        runKernel<Tensor[]>('DuctusBatchNormGradient', inputs, { activation, joined }),
      )
      return { x: () => all(0), gamma: () => all(1), beta: () => all(2), residual: () => all(3) }
    },
  },
}

/** Gradients of the training form, `[dx, dGamma, dBeta]` and, with a residual, its own; `y` only with an activation. */
export const batchNormGradientKernel: FusedKernel = {
  name: 'DuctusBatchNormGradient',
  compose: (inputs, { activation, joined }: BatchNormAttributes) => {
    const { x, dy, y, gamma, mean: mu, invStd } = inputs as Required<typeof inputs>
    const axes = allButLast(x!)
    const dz = activationGradient(dy!, y!, activation)
    const normal = mul(sub(x!, mu!), invStd!)
    const dGamma = sum(mul(dz, normal), axes)
    const dBeta = sum(dz, axes)
    const rows = Math.max(1, x!.size / gamma!.size)
    const pulled = sub(sub(dz, div(dBeta, rows)), mul(normal, div(dGamma, rows)))
    const gradients: Tensor[] = [mul(pulled, mul(gamma!, invStd!)), dGamma, dBeta]
    return joined ? [...gradients, dz.clone()] : gradients
  },
}

/** Normalises by given statistics. `residual` may be left out. */
export const batchNormInferenceKernel: FusedKernel = {
  name: 'DuctusBatchNormInference',
  compose: (inputs, { epsilon, activation }: BatchNormAttributes) => {
    const { x, mean: mu, variance, gamma, beta, residual } = inputs as Required<typeof inputs>
    const factor = mul(gamma!, rsqrt(add(variance!, epsilon)))
    const z: Tensor = add(mul(sub(x!, mu!), factor), beta!)
    return activate(residual ? add(z, residual) : z, activation)
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
        residual: () => dz().clone(),
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
