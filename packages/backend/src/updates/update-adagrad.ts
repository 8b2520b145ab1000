import { add, div, mul, sqrt, square, sub, tidy } from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { fusedUpdates } from './fused-updates.js'
import { preparedGradient } from './prepared-gradient.js'
import { checkShapes } from './update-options.js'
import type { UpdateOptions } from './update-options.js'

export interface AdagradUpdate extends UpdateOptions {
  /** Sum of squared gradients; starts at 0 (`initial_accumulator_value`). */
  sum: Variable
  /** Counts from 1; used with learningRateDecay only. Defaults to 1. */
  step?: number
  /** The rate is divided by `1 + (step − 1) · learningRateDecay`. Defaults to 0. */
  learningRateDecay?: number
  /** Defaults to 1e-10. */
  epsilon?: number
}

/**
 * Does one step of Adagrad on one parameter, by PyTorch's formulas (`torch.optim.Adagrad`).
 *
 * In place and in one pass on `native`; slots keep their identity everywhere.
 *
 * @see Duchi, Hazan, Singer: Adaptive subgradient methods (2011)
 * @throws BackendError `INVALID_ARGUMENT` when shapes differ
 */
export function updateAdagrad(options: AdagradUpdate): void {
  const update = {
    weightDecay: 0,
    gradientScale: 1,
    step: 1,
    learningRateDecay: 0,
    epsilon: 1e-10,
    ...options,
  }
  const { parameter, gradient, sum, step } = update
  checkShapes('updateAdagrad', parameter, { gradient, sum })
  if (fusedUpdates()?.adagrad(update)) return
  const rate = update.learningRate / (1 + (step - 1) * update.learningRateDecay)
  tidy(() => {
    const g = preparedGradient(gradient, parameter, update.gradientScale, update.weightDecay)
    const total: Tensor = add(sum, square(g))
    sum.assign(total)
    parameter.assign(sub(parameter, mul(div(g, add(sqrt(total), update.epsilon)), rate)))
  })
}
