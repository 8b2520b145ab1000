import { add, div, mul, sqrt, square, sub, tidy } from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { fusedUpdates } from './fused-updates.js'
import { preparedGradient } from './prepared-gradient.js'
import { checkShapes } from './update-options.js'
import type { UpdateOptions } from './update-options.js'

export interface RmspropUpdate extends UpdateOptions {
  /** Running mean of squared gradients; starts at 0. */
  squareAvg: Variable
  /** Running mean of gradients: given, the update is centered. Starts at 0. */
  gradAvg?: Variable | undefined
  /** Needed with momentum only; starts at 0. */
  momentumBuffer?: Variable | undefined
  /** Smoothing of the means. Defaults to 0.99. */
  alpha?: number
  /** Defaults to 1e-8. */
  epsilon?: number
  /** Defaults to 0; used only where there is a momentumBuffer. */
  momentum?: number
}

/**
 * Does one step of RMSprop on one parameter, by PyTorch's formulas (`torch.optim.RMSprop`: epsilon outside the root).
 *
 * In place and in one pass on `native`; slots keep their identity everywhere.
 *
 * @throws BackendError `INVALID_ARGUMENT` when shapes differ
 */
export function updateRmsprop(options: RmspropUpdate): void {
  const update = {
    weightDecay: 0,
    gradientScale: 1,
    gradAvg: undefined,
    momentumBuffer: undefined,
    alpha: 0.99,
    epsilon: 1e-8,
    momentum: 0,
    ...options,
  }
  const { parameter, gradient, squareAvg, gradAvg, momentumBuffer: buffer } = update
  checkShapes('updateRmsprop', parameter, { gradient, squareAvg, gradAvg, momentumBuffer: buffer })
  if (fusedUpdates()?.rmsprop(update)) return
  const { alpha, learningRate } = update
  tidy(() => {
    const g = preparedGradient(gradient, parameter, update.gradientScale, update.weightDecay)
    const squares: Tensor = add(mul(squareAvg, alpha), mul(square(g), 1 - alpha))
    squareAvg.assign(squares)
    let variance = squares
    if (gradAvg) {
      const average: Tensor = add(mul(gradAvg, alpha), mul(g, 1 - alpha))
      gradAvg.assign(average)
      variance = sub(squares, square(average))
    }
    let change: Tensor = div(g, add(sqrt(variance), update.epsilon))
    if (buffer) {
      change = add(mul(buffer, update.momentum), change)
      buffer.assign(change)
    }
    parameter.assign(sub(parameter, mul(change, learningRate)))
  })
}
