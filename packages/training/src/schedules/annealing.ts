import {
  checkOptions,
  notNegative,
  numberFrom,
  optional,
  wholeFrom,
  type OptionRange,
} from '../check-options.js'
import { namedSchedule, type Schedule } from './schedule.js'

const milestoneList: OptionRange = {
  expected: 'a list of whole numbers of at least 0',
  holds: (value) => Array.isArray(value) && value.every(wholeFrom(0).holds),
}

/**
 * Keeps one learning rate.
 *
 * @throws TrainingError `INVALID_OPTION` for a rate that is negative or not finite
 */
export function constantLr(lr: number): Schedule {
  checkOptions('constantLr', {}, { lr: notNegative }, { lr })
  return namedSchedule('constantLr', () => lr)
}

/**
 * Multiplies the rate by `gamma` (0.1) every `stepSize` steps; PyTorch's `StepLR`.
 *
 * @throws TrainingError `INVALID_OPTION` for a `stepSize` that is no whole number of at least 1, or a negative rate or factor
 */
export function stepLr(options: { lr: number; stepSize: number; gamma?: number }): Schedule {
  const ranges = { lr: notNegative, stepSize: wholeFrom(1), gamma: notNegative }
  const { lr, stepSize, gamma } = checkOptions('stepLr', { gamma: 0.1 }, ranges, options)
  return namedSchedule('stepLr', (at) => lr * gamma ** Math.floor(at / stepSize))
}

/**
 * Multiplies the rate by `gamma` (0.1) at each milestone; PyTorch's `MultiStepLR`.
 *
 * @throws TrainingError `INVALID_OPTION` for milestones that are not whole numbers, or a negative rate or factor
 */
export function multiStepLr(options: {
  lr: number
  milestones: readonly number[]
  gamma?: number
}): Schedule {
  const ranges = { lr: notNegative, milestones: milestoneList, gamma: notNegative }
  const { lr, milestones, gamma } = checkOptions('multiStepLr', { gamma: 0.1 }, ranges, options)
  return namedSchedule(
    'multiStepLr',
    (at) => lr * gamma ** milestones.filter((milestone) => milestone <= at).length,
  )
}

/**
 * Multiplies the rate by `gamma` every step; PyTorch's `ExponentialLR`.
 *
 * @throws TrainingError `INVALID_OPTION` for a negative rate or factor
 */
export function exponentialLr(options: { lr: number; gamma: number }): Schedule {
  const ranges = { lr: notNegative, gamma: notNegative }
  const { lr, gamma } = checkOptions('exponentialLr', {}, ranges, options)
  return namedSchedule('exponentialLr', (at) => lr * gamma ** at)
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
 * @throws TrainingError `INVALID_OPTION` for `steps` that are no whole number of at least 1, a negative rate, or a factor below 1
 * @see Loshchilov, Hutter: SGDR, stochastic gradient descent with warm restarts (2016)
 */
export function cosineLr(options: CosineOptions): Schedule {
  const checked = checkOptions<CosineOptions, { minLr: number }>(
    'cosineLr',
    { minLr: 0 },
    {
      lr: notNegative,
      steps: wholeFrom(1),
      minLr: notNegative,
      restartFactor: optional(numberFrom(1)),
    },
    options,
  )
  const { lr, steps, minLr, restartFactor } = checked
  const descend = (share: number): number =>
    minLr + ((lr - minLr) * (1 + Math.cos(Math.PI * share))) / 2
  return namedSchedule('cosineLr', (at) => {
    if (restartFactor === undefined) return descend(Math.min(1, at / steps))
    let start = 0
    let length = steps
    while (at >= start + length) {
      start += length
      length *= restartFactor
    }
    return descend((at - start) / length)
  })
}
