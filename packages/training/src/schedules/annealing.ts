import { TrainingError } from '../training-error.js'
import type { Schedule } from './schedule.js'

/** Keeps one learning rate. */
export function constantLr(lr: number): Schedule {
  return () => lr
}

/** Multiplies the rate by `gamma` every `stepSize` steps; PyTorch's `StepLR`. */
export function stepLr(options: { lr: number; stepSize: number; gamma?: number }): Schedule {
  const { lr, stepSize, gamma = 0.1 } = options
  return (at) => lr * gamma ** Math.floor(at / stepSize)
}

/** Multiplies the rate by `gamma` at each milestone; PyTorch's `MultiStepLR`. */
export function multiStepLr(options: {
  lr: number
  milestones: readonly number[]
  gamma?: number
}): Schedule {
  const { lr, milestones, gamma = 0.1 } = options
  return (at) => lr * gamma ** milestones.filter((milestone) => milestone <= at).length
}

/** Multiplies the rate by `gamma` every step; PyTorch's `ExponentialLR`. */
export function exponentialLr(options: { lr: number; gamma: number }): Schedule {
  return (at) => options.lr * options.gamma ** at
}

/** Options of `cosineLr`. */
export interface CosineOptions {
  lr: number
  /** Steps from the highest to the lowest rate. */
  steps: number
  /** The lowest rate. Defaults to 0. */
  minLr?: number
  /** Starts again at `lr` when a descent is over, each time so many times as long. Defaults to no restart. */
  restartFactor?: number
}

/**
 * Lowers the rate along half a cosine; PyTorch's `CosineAnnealingLR`, or `CosineAnnealingWarmRestarts` with a
 * `restartFactor`. Without one the rate stays at the lowest.
 *
 * @see Loshchilov, Hutter: SGDR, stochastic gradient descent with warm restarts (2016)
 */
export function cosineLr({ lr, steps, minLr = 0, restartFactor }: CosineOptions): Schedule {
  if (restartFactor !== undefined && !(restartFactor >= 1)) {
    throw new TrainingError(
      'INVALID_OPTION',
      `cosineLr: expected restartFactor of at least 1, received ${restartFactor}. Give 1 or 2.`,
    )
  }
  const descend = (share: number): number =>
    minLr + ((lr - minLr) * (1 + Math.cos(Math.PI * share))) / 2
  return (at) => {
    if (restartFactor === undefined) return descend(Math.min(1, at / steps))
    let start = 0
    let length = steps
    while (at >= start + length) {
      start += length
      length *= restartFactor
    }
    return descend((at - start) / length)
  }
}
