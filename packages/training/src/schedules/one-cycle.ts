import { TrainingError } from '../training-error.js'
import {
  aboveZero,
  belowOne,
  checkOptions,
  oneOf,
  share,
  wholeFrom,
  yesOrNo,
} from '../check-options.js'
import { namedSchedule, type Schedule } from './schedule.js'

/** Options of `oneCycle`, with PyTorch's defaults. */
export interface OneCycleOptions {
  /** The highest rate. */
  maxLr: number
  /** Steps of the whole cycle; a step past them is an error. */
  totalSteps: number
  /** Share of the cycle in which the rate rises. Defaults to 0.3. */
  pctStart?: number
  /** Defaults to `cos`. */
  anneal?: 'cos' | 'linear'
  /** The first rate is `maxLr / divFactor`. Defaults to 25. */
  divFactor?: number
  /** The last rate is the first / `finalDivFactor`. Defaults to 1e4. */
  finalDivFactor?: number
  /** Whether momentum (SGD's, Adam's β1) goes the other way. Defaults to true. */
  cycleMomentum?: boolean
  /** Momentum at the highest rate. Defaults to 0.85. */
  baseMomentum?: number
  /** Momentum at both ends. Defaults to 0.95. */
  maxMomentum?: number
  /** Whether the rate falls to the first before it falls to the last. Defaults to false. */
  threePhase?: boolean
}

interface Phase {
  end: number
  lr: [from: number, to: number]
  momentum: [from: number, to: number]
}

const defaults = {
  pctStart: 0.3,
  anneal: 'cos' as const,
  divFactor: 25,
  finalDivFactor: 1e4,
  cycleMomentum: true,
  baseMomentum: 0.85,
  maxMomentum: 0.95,
  threePhase: false,
}
const ranges = {
  maxLr: aboveZero,
  totalSteps: wholeFrom(1),
  pctStart: share,
  anneal: oneOf('cos', 'linear'),
  divFactor: aboveZero,
  finalDivFactor: aboveZero,
  cycleMomentum: yesOrNo,
  baseMomentum: belowOne,
  maxMomentum: belowOne,
  threePhase: yesOrNo,
}

/**
 * Raises the learning rate to a maximum and lowers it far below its start, while momentum falls and rises; PyTorch's
 * `OneCycleLR`. A phase of a single step, where PyTorch divides by zero, has the values of its end.
 *
 * @throws TrainingError `INVALID_OPTION` for an option out of range, and for a step past `totalSteps`
 * @see Smith, Topin: Super-convergence (2017)
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const checked: Required<OneCycleOptions> = checkOptions('oneCycle', defaults, ranges, options)
  const { totalSteps, anneal, cycleMomentum } = checked
  const phases = phasesOf(checked)
  const between = anneal === 'cos' ? cosine : linear
  return namedSchedule('oneCycle', (at) => {
    if (at >= totalSteps) throw past(at, totalSteps)
    let start = 0
    let phase = phases[0]!
    for (phase of phases) {
      if (at <= phase.end) break
      start = phase.end
    }
    const width = phase.end - start
    const done = width === 0 ? 1 : (at - start) / width
    const lr = between(...phase.lr, done)
    return cycleMomentum ? { lr, momentum: between(...phase.momentum, done) } : lr
  })
}

function phasesOf(options: Required<OneCycleOptions>): Phase[] {
  const { maxLr, totalSteps, pctStart, divFactor, finalDivFactor, threePhase } = options
  const { baseMomentum: low, maxMomentum: high } = options
  const first = maxLr / divFactor
  const last = first / finalDivFactor
  const top = pctStart * totalSteps - 1
  const rise: Phase = { end: top, lr: [first, maxLr], momentum: [high, low] }
  const end = totalSteps - 1
  if (!threePhase) return [rise, { end, lr: [maxLr, last], momentum: [low, high] }]
  return [
    rise,
    { end: 2 * pctStart * totalSteps - 2, lr: [maxLr, first], momentum: [low, high] },
    { end, lr: [first, last], momentum: [high, high] },
  ]
}

function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))
}

function linear(from: number, to: number, share: number): number {
  return from + (to - from) * share
}

function past(at: number, totalSteps: number): TrainingError {
  return new TrainingError(
    'INVALID_OPTION',
    `oneCycle: expected at most ${totalSteps} steps, received step ${at + 1}. ` +
      'Raise totalSteps to the steps of the whole run, or count epochs with interval: "epoch".',
  )
}
