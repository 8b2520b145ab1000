import { TrainingError } from '../training-error.js'
import type { Schedule } from './schedule.js'

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

/**
 * Raises the learning rate to a maximum and lowers it far below its start, while momentum falls and rises; PyTorch's
 * `OneCycleLR`.
 *
 * @throws TrainingError `INVALID_OPTION` for a step past `totalSteps`
 * @see Smith, Topin: Super-convergence (2017)
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { totalSteps, anneal = 'cos', cycleMomentum = true } = options
  check(options)
  const phases = phasesOf(options)
  const between = anneal === 'cos' ? cosine : linear
  return (at) => {
    if (at >= totalSteps) throw past(at, totalSteps)
    let start = 0
    let phase = phases[0]!
    for (phase of phases) {
      if (at <= phase.end) break
      start = phase.end
    }
    const share = (at - start) / (phase.end - start)
    const lr = between(...phase.lr, share)
    return cycleMomentum ? { lr, momentum: between(...phase.momentum, share) } : lr
  }
}

function phasesOf(options: OneCycleOptions): Phase[] {
  const { maxLr, totalSteps, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = options
  const { baseMomentum: low = 0.85, maxMomentum: high = 0.95, threePhase = false } = options
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

function check({ maxLr, totalSteps, pctStart = 0.3 }: OneCycleOptions): void {
  const rules: [string, boolean, string, unknown][] = [
    ['maxLr', maxLr > 0, 'a number above 0', maxLr],
    [
      'totalSteps',
      Number.isInteger(totalSteps) && totalSteps > 0,
      'a whole number above 0',
      totalSteps,
    ],
    ['pctStart', pctStart >= 0 && pctStart <= 1, 'a share from 0 to 1', pctStart],
  ]
  for (const [name, holds, expected, received] of rules) {
    if (holds) continue
    throw new TrainingError(
      'INVALID_OPTION',
      `oneCycle: expected ${name} to be ${expected}, received ${String(received)}. ` +
        'Give for example { maxLr: 0.01, totalSteps: 1000 }.',
    )
  }
}

function past(at: number, totalSteps: number): TrainingError {
  return new TrainingError(
    'INVALID_OPTION',
    `oneCycle: expected at most ${totalSteps} steps, received step ${at + 1}. ` +
      'Raise totalSteps to the steps of the whole run, or count epochs with interval: "epoch".',
  )
}
