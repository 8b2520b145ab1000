import type { Schedule, ScheduledValues } from './schedule.js'

/** Options of `linearWarmup`. */
export interface WarmupOptions {
  /** Steps until the full rate. */
  steps: number
  /** Share of the rate at step 0. Defaults to 0. */
  startFactor?: number
}

/**
 * Raises the rate from a share of it to all of it, then follows `then`, which starts to count when the warm-up ends.
 *
 * @example
 * linearWarmup({ steps: 100 }, cosineLr({ lr: 1e-3, steps: 900 }))
 */
export function linearWarmup({ steps, startFactor = 0 }: WarmupOptions, then: Schedule): Schedule {
  return (at) => {
    if (at >= steps) return then(at - steps)
    const full = values(then(0))
    return { ...full, lr: full.lr * (startFactor + (1 - startFactor) * (at / steps)) }
  }
}

function values(scheduled: number | ScheduledValues): ScheduledValues {
  return typeof scheduled === 'number' ? { lr: scheduled } : scheduled
}
