import { z } from 'zod'
import { anyNumber, count, type StateSchema } from '../files/state-schema.js'
import { assertOption, between, whole } from './assert-option.js'
import type { Callback, StateTensors } from './callback.js'
import { isBetter, modeOf, type MetricMode } from './metric-mode.js'
import { monitoredValue } from './monitored-value.js'
import type { TrainerContext } from './trainer-context.js'
import { assignWeights, readWeights, type WeightValues } from './weight-values.js'

/** Options of `EarlyStopping`. */
export interface EarlyStoppingOptions {
  /** The metric to watch. Defaults to `validation/loss`. */
  monitor?: string
  /** Defaults to `max` for accuracies, `min` for all else. */
  mode?: MetricMode
  /** Checks without an improvement before the run stops; a check is a validation, or an epoch for `train/…`. Defaults to 3. */
  patience?: number
  /** What an improvement must exceed. Defaults to 0. */
  minDelta?: number
  /** Stops as soon as the metric is this good. Defaults to never. */
  stoppingThreshold?: number
  /** Stops as soon as the metric is this bad. Defaults to never. */
  divergenceThreshold?: number
  /** Stops when the metric is NaN or infinite. Defaults to true. */
  checkFinite?: boolean
  /** Whether a metric that does not exist is an error; else the callback does nothing then. Defaults to true. */
  strict?: boolean
  /**
   * Puts the weights of the best check back when the fit ends, however it does; `last` keeps those it ended with, for
   * a run that goes on. Costs a copy of the weights, in each checkpoint too. Defaults to false.
   */
  restoreBest?: boolean
}

/** What made `EarlyStopping` stop a run. */
export type EarlyStoppingReason = 'patience' | 'threshold' | 'divergence' | 'not-finite'

interface State {
  best: number | null
  waited: number
  reason: EarlyStoppingReason | null
}

interface Verdict {
  reason: EarlyStoppingReason
  words: string
}

/**
 * Stops a run whose metric no longer gets better, and says why in the result. Before a `WeightAveraging` in the list,
 * `restoreBest` keeps the averaged weights, which are those that were validated.
 */
export class EarlyStopping implements Callback {
  readonly name = 'EarlyStopping'
  readonly skipOnFastDevRun = true
  readonly stateSchema: StateSchema = z.object({
    best: anyNumber.nullable(),
    waited: count,
    reason: z.enum(['patience', 'threshold', 'divergence', 'not-finite']).nullable(),
  })
  readonly monitor: string
  readonly strict: boolean
  readonly #mode: MetricMode
  readonly #options: EarlyStoppingOptions
  readonly #patience: number
  #best: number | null = null
  #waited = 0
  #reason: EarlyStoppingReason | null = null
  #weights: WeightValues | undefined
  #ended = false

  constructor(options: EarlyStoppingOptions = {}) {
    this.monitor = options.monitor ?? 'validation/loss'
    this.strict = options.strict ?? true
    this.#mode = options.mode ?? modeOf(this.monitor)
    this.#patience = options.patience ?? 3
    this.#options = options
    assertOption('EarlyStopping', 'patience', this.#patience, whole(0), 3)
    assertOption('EarlyStopping', 'minDelta', options.minDelta ?? 0, between(0, Infinity), 0)
  }

  /** What stopped the run; null for one that was not. */
  get reason(): EarlyStoppingReason | null {
    return this.#reason
  }

  /** The best value so far. */
  get best(): number | null {
    return this.#best
  }

  onFitStart(): void {
    this.#ended = false
  }

  onValidationEnd(context: TrainerContext): void | Promise<void> {
    if (context.fitting && !this.monitor.startsWith('train/')) return this.#check(context, false)
  }

  onEpochEnd(context: TrainerContext): void | Promise<void> {
    if (this.monitor.startsWith('train/')) return this.#check(context, this.strict)
    monitoredValue(context, this.monitor, this.strict)
  }

  onFitEnd(): void {
    this.#ended = true
  }

  /** After every other callback has ended the fit: one of them may have put weights back too. */
  onTeardown({ module }: TrainerContext): void {
    if (this.#ended && this.#weights) assignWeights(module, this.#weights)
    this.#ended = false
  }

  state(): State {
    return {
      best: this.#best,
      waited: this.#waited,
      reason: this.#reason,
    }
  }

  /** The weights of the best check, where they are to be put back. */
  tensors(): StateTensors {
    const entries = [...(this.#weights ?? [])]
    return Object.fromEntries(
      entries.map(([name, values]) => [name, { shape: [values.length], values }]),
    )
  }

  restore(state: unknown, tensors: StateTensors): void {
    const { best, waited, reason } = state as State
    this.#best = best
    this.#waited = waited
    this.#reason = reason ?? null
    const weights = Object.entries(tensors)
    this.#weights =
      weights.length === 0
        ? undefined
        : new Map(weights.map(([name, { values }]) => [name, Float32Array.from(values)]))
  }

  #check(context: TrainerContext, closing: boolean): void | Promise<void> {
    const value = monitoredValue(context, this.monitor, closing)
    if (value === undefined) return
    const best = this.#best
    const verdict = this.#judge(value)
    if (verdict) {
      this.#reason = verdict.reason
      context.stop(`EarlyStopping: ${this.monitor} ${verdict.words}`)
    }
    if (this.#options.restoreBest === true && this.#best !== best) return this.#keep(context)
  }

  async #keep({ module }: TrainerContext): Promise<void> {
    this.#weights = await readWeights(module)
  }

  /** Takes a value in; gives the reason to stop, if it is one. */
  #judge(value: number): Verdict | undefined {
    const { checkFinite = true, stoppingThreshold, divergenceThreshold, minDelta } = this.#options
    const other = this.#mode === 'min' ? 'max' : 'min'
    if (checkFinite && !Number.isFinite(value))
      return { reason: 'not-finite', words: `is ${value}` }
    const better = this.#best === null || isBetter(value, this.#best, this.#mode, minDelta)
    if (better) {
      this.#best = value
      this.#waited = 0
    } else this.#waited++
    if (stoppingThreshold !== undefined && isBetter(value, stoppingThreshold, this.#mode)) {
      const words = `reached ${value}, past the threshold of ${stoppingThreshold}`
      return { reason: 'threshold', words }
    }
    if (divergenceThreshold !== undefined && isBetter(value, divergenceThreshold, other)) {
      const words = `came to ${value}, past the divergence threshold of ${divergenceThreshold}`
      return { reason: 'divergence', words }
    }
    if (better || this.#waited < this.#patience) return undefined
    const words = `did not improve on ${this.#best} in ${this.#waited} checks`
    return { reason: 'patience', words }
  }
}
