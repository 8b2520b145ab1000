import { checkOptions, share, wholeFrom } from '../check-options.js'
import { namedSchedule, type Schedule, type ScheduledValues } from './schedule.js'

/** Options of `linearWarmup`. */
export interface WarmupOptions {
  /** Steps until the full rate; 0 for none. */
  steps: number
  /** Share of the rate at step 0, 0 to 1. Defaults to 0. */
  startFactor?: number
}

/**
 * Raises the rate from a share of it to all of it, then follows `then`, which starts to count when the warm-up ends.
 *
 * @throws TrainingError `INVALID_OPTION` for steps that are no whole number, or a share out of range
 * @example
 * linearWarmup({ steps: 100 }, cosineLr({ lr: 1e-3, steps: 900 }))
 */
export function linearWarmup(options: WarmupOptions, then: Schedule): Schedule {
  const ranges = { steps: wholeFrom(0), startFactor: share }
  const { steps, startFactor } = checkOptions('linearWarmup', { startFactor: 0 }, ranges, options)
  return namedSchedule(`linearWarmup, then ${then.name || 'a schedule'}`, (at) => {
    if (at >= steps) return then(at - steps)
    const full = values(then(0))
    return { ...full, lr: full.lr * (startFactor + (1 - startFactor) * (at / steps)) }
  })
}

function values(scheduled: number | ScheduledValues): ScheduledValues {
  return typeof scheduled === 'number' ? { lr: scheduled } : scheduled
}
