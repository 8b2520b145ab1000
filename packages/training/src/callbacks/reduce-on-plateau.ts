import { z } from 'zod'
import { anyNumber, count, type StateSchema } from '../files/state-schema.js'
import { assertOption, whole } from './assert-option.js'
import type { Callback } from './callback.js'
import type { MetricMode } from './metric-mode.js'
import { modeOf } from './metric-mode.js'
import { monitoredValue } from './monitored-value.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `ReduceOnPlateau`, with the defaults of PyTorch's `ReduceLROnPlateau`. */
export interface ReduceOnPlateauOptions {
  /** Defaults to `validation/loss`. */
  monitor?: string
  /** Defaults to `max` for accuracies, `min` for all else. */
  mode?: MetricMode
  /** What the rate is multiplied by. Defaults to 0.1. */
  factor?: number
  /** Checks without an improvement that are let pass. Defaults to 10. */
  patience?: number
  /** What an improvement must exceed, as a share of the best. Defaults to 1e-4. */
  threshold?: number
  /** Checks after a reduction in which none is counted. Defaults to 0. */
  cooldown?: number
  /** The lowest rate. Defaults to 0. */
  minLr?: number
}

interface State {
  best: number | null
  bad: number
  cooling: number
}

/** Lowers every optimizer's learning rate when a metric no longer gets better, at the end of a validation. */
export class ReduceOnPlateau implements Callback {
  readonly name = 'ReduceOnPlateau'
  readonly stateSchema: StateSchema = z.object({
    best: anyNumber.nullable(),
    bad: count,
    cooling: count,
  })
  readonly monitor: string
  readonly #options: Required<Omit<ReduceOnPlateauOptions, 'monitor' | 'mode'>>
  readonly #mode: MetricMode
  #best: number | null = null
  #bad = 0
  #cooling = 0

  constructor(options: ReduceOnPlateauOptions = {}) {
    const { monitor = 'validation/loss', mode, ...rest } = options
    this.monitor = monitor
    this.#mode = mode ?? modeOf(monitor)
    this.#options = { factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, minLr: 0, ...rest }
    const { factor, patience, cooldown } = this.#options
    const below = { expected: 'a number from 0 to below 1', holds: (x: number) => x >= 0 && x < 1 }
    assertOption('ReduceOnPlateau', 'factor', factor, below, 0.1)
    assertOption('ReduceOnPlateau', 'patience', patience, whole(0), 10)
    assertOption('ReduceOnPlateau', 'cooldown', cooldown, whole(0), 0)
  }

  onValidationEnd(context: TrainerContext): void {
    if (!context.fitting) return
    const value = monitoredValue(context, this.monitor, false)
    if (value === undefined) return
    if (this.#improves(value)) {
      this.#best = value
      this.#bad = 0
    } else this.#bad++
    if (this.#cooling > 0) {
      this.#cooling--
      this.#bad = 0
    }
    if (this.#bad > this.#options.patience) this.#reduce(context)
  }

  state(): State {
    return { best: this.#best, bad: this.#bad, cooling: this.#cooling }
  }

  restore(state: unknown): void {
    const { best, bad, cooling } = state as State
    this.#best = best
    this.#bad = bad
    this.#cooling = cooling
  }

  #improves(value: number): boolean {
    if (this.#best === null) return true
    const { threshold } = this.#options
    return this.#mode === 'min'
      ? value < this.#best * (1 - threshold)
      : value > this.#best * (1 + threshold)
  }

  #reduce({ optimizers, reporter }: TrainerContext): void {
    const { factor, minLr, cooldown } = this.#options
    for (const optimizer of Object.values(optimizers)) {
      const lr = Math.max(minLr, optimizer.learningRate * factor)
      // PyTorch leaves a change of less than 1e-8 undone.
      if (optimizer.learningRate - lr > 1e-8) optimizer.learningRate = lr
      reporter.info(`ReduceOnPlateau: learning rate ${optimizer.learningRate}`)
    }
    this.#cooling = cooldown
    this.#bad = 0
  }
}
