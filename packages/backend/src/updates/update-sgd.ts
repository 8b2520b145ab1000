import { add, mul, sub, tidy } from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { fusedUpdates } from './fused-updates.js'
import { preparedGradient } from './prepared-gradient.js'
import { checkShapes } from './update-options.js'
import type { UpdateOptions } from './update-options.js'

export interface SgdUpdate extends UpdateOptions {
  /** Running sum of gradients; needed with momentum only. */
  momentumBuffer?: Variable | undefined
  /** Defaults to 0; used only where there is a momentumBuffer. */
  momentum?: number
  /** Defaults to 0. */
  dampening?: number
  /** Defaults to false. */
  nesterov?: boolean
  /** Whether the buffer is still empty: it is then set to the gradient, without dampening. Defaults to false. */
  first?: boolean
}

/**
 * Does one step of stochastic gradient descent on one parameter, by PyTorch's formulas (`torch.optim.SGD`).
 *
 * In place and in one pass on `native`; slots keep their identity everywhere.
 *
 * @throws BackendError `INVALID_ARGUMENT` when shapes differ
 */
export function updateSgd(options: SgdUpdate): void {
  const update = {
    weightDecay: 0,
    gradientScale: 1,
    momentumBuffer: undefined,
    momentum: 0,
    dampening: 0,
    nesterov: false,
    first: false,
    ...options,
  }
  const { parameter, gradient, momentumBuffer: buffer, momentum, learningRate } = update
  checkShapes('updateSgd', parameter, { gradient, momentumBuffer: buffer })
  if (fusedUpdates()?.sgd(update)) return
  tidy(() => {
    let g = preparedGradient(gradient, parameter, update.gradientScale, update.weightDecay)
    if (buffer) {
      const sum: Tensor = update.first
        ? g.clone()
        : add(mul(buffer, momentum), mul(g, 1 - update.dampening))
      buffer.assign(sum)
      g = update.nesterov ? add(g, mul(sum, momentum)) : sum
    }
    parameter.assign(sub(parameter, mul(g, learningRate)))
  })
}
