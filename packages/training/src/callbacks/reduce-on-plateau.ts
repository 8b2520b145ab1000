import { z } from 'zod'
import { anyNumber, count, type StateSchema } from '../files/state-schema.js'
import type { MetricMode } from '../metrics/metric-mode.js'
import { assertOption, whole } from './assert-option.js'
import type { Callback } from './callback.js'
import { Monitor, monitorState, type MonitorState } from './monitor.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `ReduceOnPlateau`, with the defaults of PyTorch's `ReduceLROnPlateau`. */
export interface ReduceOnPlateauOptions {
  /** The metric to watch. Defaults to `validation/loss`, or `train/loss` where the fit validates nothing. */
  monitor?: string
  /** Which way is better. Defaults to what the metric was declared or logged with, else to what its name says. */
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
  watched: MonitorState
  best: number | null
  bad: number
  cooling: number
}

/**
 * Lowers every optimizer's learning rate when a metric no longer gets better: at the end of a validation, or of an epoch
 * for all but `validation/…`.
 */
export class ReduceOnPlateau implements Callback {
  readonly name = 'ReduceOnPlateau'
  readonly stateSchema: StateSchema = z.object({
    watched: monitorState,
    best: anyNumber.nullable(),
    bad: count,
    cooling: count,
  })
  readonly watched: Monitor
  readonly #options: Required<Omit<ReduceOnPlateauOptions, 'monitor' | 'mode'>>
  #best: number | null = null
  #bad = 0
  #cooling = 0

  constructor(options: ReduceOnPlateauOptions = {}) {
    const { monitor, mode, ...rest } = options
    this.watched = new Monitor('ReduceOnPlateau', { monitor, mode })
    this.#options = { factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, minLr: 0, ...rest }
    const { factor, patience, threshold, cooldown, minLr } = this.#options
    const finite = {
      expected: 'a number of at least 0',
      holds: (x: number) => Number.isFinite(x) && x >= 0,
    }
    const below = { expected: 'a number from 0 to below 1', holds: (x: number) => x >= 0 && x < 1 }
    assertOption('ReduceOnPlateau', 'factor', factor, below, 0.1)
    assertOption('ReduceOnPlateau', 'patience', patience, whole(0), 10)
    assertOption('ReduceOnPlateau', 'threshold', threshold, finite, 1e-4)
    assertOption('ReduceOnPlateau', 'cooldown', cooldown, whole(0), 0)
    assertOption('ReduceOnPlateau', 'minLr', minLr, finite, 0)
  }

  /** The metric, once it is known; empty before. */
  get monitor(): string {
    return this.watched.name ?? ''
  }

  onValidationEnd(context: TrainerContext): void {
    if (context.fitting) this.#check(context, 'validation')
  }

  onEpochEnd(context: TrainerContext): void {
    this.#check(context, 'epoch')
  }

  state(): State {
    const watched = this.watched.state()
    return { watched, best: this.#best, bad: this.#bad, cooling: this.#cooling }
  }

  restore(state: unknown): void {
    const { watched, best, bad, cooling } = state as State
    this.watched.restore(watched)
    this.#best = best
    this.#bad = bad
    this.#cooling = cooling
  }

  #check(context: TrainerContext, moment: 'validation' | 'epoch'): void {
    const read = this.watched.read(context, moment)
    if (read === undefined) return
    const { value, afresh } = read
    if (afresh) {
      this.#best = null
      this.#bad = 0
    }
    if (this.#improves(value, this.watched.mode(context))) {
      this.#best = value
      this.#bad = 0
    } else this.#bad++
    if (this.#cooling > 0) {
      this.#cooling--
      this.#bad = 0
    }
    if (this.#bad > this.#options.patience) this.#reduce(context)
  }

  #improves(value: number, mode: MetricMode): boolean {
    if (this.#best === null) return !Number.isNaN(value)
    const { threshold } = this.#options
    return mode === 'min'
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
