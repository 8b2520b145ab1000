import { add, div, maximum, mul, sqrt, square, sub, tidy } from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { fusedUpdates } from './fused-updates.js'
import { preparedGradient } from './prepared-gradient.js'
import { checkShapes } from './update-options.js'
import type { UpdateOptions } from './update-options.js'

export interface AdamUpdate extends UpdateOptions {
  /** Running mean of gradients; starts at 0. */
  expAvg: Variable
  /** Running mean of squared gradients; starts at 0. */
  expAvgSq: Variable
  /** Greatest expAvgSq so far: given, AMSGrad is done. Starts at 0. */
  maxExpAvgSq?: Variable | undefined
  /** Counts from 1. */
  step: number
  /** Defaults to 0.9. */
  beta1?: number
  /** Defaults to 0.999. */
  beta2?: number
  /** Defaults to 1e-8. */
  epsilon?: number
  /** AdamW: the weight decay shrinks the parameter and leaves the gradient alone. Defaults to false. */
  decoupled?: boolean
}

/**
 * Does one step of Adam, or AdamW with `decoupled`, on one parameter, by PyTorch's formulas. Bias corrections are
 * computed in doubles. (`weightDecay` defaults to 0 for both; PyTorch's AdamW has 0.01.)
 *
 * In place and in one pass on `native`; slots keep their identity everywhere.
 *
 * @see Kingma, Ba: Adam (2014); Loshchilov, Hutter: Decoupled weight decay regularization (2017)
 * @throws BackendError `INVALID_ARGUMENT` when shapes differ
 */
export function updateAdam(options: AdamUpdate): void {
  const update = {
    weightDecay: 0,
    gradientScale: 1,
    maxExpAvgSq: undefined,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    decoupled: false,
    ...options,
  }
  const { parameter, gradient, expAvg, expAvgSq, maxExpAvgSq } = update
  checkShapes('updateAdam', parameter, { gradient, expAvg, expAvgSq, maxExpAvgSq })
  if (fusedUpdates()?.adam(update)) return
  const { learningRate, weightDecay, decoupled, beta1, beta2, step } = update
  const correction1 = 1 - beta1 ** step
  const correction2 = 1 - beta2 ** step
  tidy(() => {
    const penalty = decoupled ? 0 : weightDecay
    const g = preparedGradient(gradient, parameter, update.gradientScale, penalty)
    const first: Tensor = add(mul(expAvg, beta1), mul(g, 1 - beta1))
    const second: Tensor = add(mul(expAvgSq, beta2), mul(square(g), 1 - beta2))
    const greatest: Tensor = maxExpAvgSq ? maximum(maxExpAvgSq, second) : second
    const spread = add(mul(sqrt(greatest), 1 / Math.sqrt(correction2)), update.epsilon)
    const start = decoupled ? mul(parameter, 1 - learningRate * weightDecay) : parameter
    parameter.assign(sub(start, mul(div(first, spread), learningRate / correction1)))
    expAvg.assign(first)
    expAvgSq.assign(second)
    maxExpAvgSq?.assign(greatest)
  })
}
