import { z } from 'zod'
import { anyNumber, count, type StateSchema } from '../files/state-schema.js'
import { isBetter, type MetricMode } from '../metrics/metric-mode.js'
import { assertOption, between, whole } from './assert-option.js'
import type { Callback, StateTensors } from './callback.js'
import { Monitor, monitorState, type MonitorState } from './monitor.js'
import type { TrainerContext } from './trainer-context.js'
import { assignWeights, readWeights, type WeightValues } from './weight-values.js'

/** Options of `EarlyStopping`. */
export interface EarlyStoppingOptions {
  /** The metric to watch. Defaults to `validation/loss`, or `train/loss` where the fit validates nothing. */
  monitor?: string
  /** Which way is better. Defaults to what the metric was declared or logged with, else to what its name says. */
  mode?: MetricMode
  /** Checks without an improvement before the run stops; a check is a validation, or an epoch for all but `validation/…`. Defaults to 3. */
  patience?: number
  /** What an improvement must exceed. Defaults to 0. */
  minDelta?: number
  /** Stops as soon as the metric is this good. Defaults to never. */
  stoppingThreshold?: number
  /** Stops as soon as the metric is this bad. Defaults to never. */
  divergenceThreshold?: number
  /** Stops when the metric is NaN or infinite. Defaults to true. */
  checkFinite?: boolean
  /** Whether a metric that never comes is an error; else the callback does nothing then. Defaults to true. */
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
  watched: MonitorState
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
    watched: monitorState,
    best: anyNumber.nullable(),
    waited: count,
    reason: z.enum(['patience', 'threshold', 'divergence', 'not-finite']).nullable(),
  })
  readonly watched: Monitor
  readonly #options: EarlyStoppingOptions
  readonly #patience: number
  #best: number | null = null
  #waited = 0
  #reason: EarlyStoppingReason | null = null
  #weights: WeightValues | undefined
  #ended = false

  constructor(options: EarlyStoppingOptions = {}) {
    this.watched = new Monitor('EarlyStopping', options)
    this.#patience = options.patience ?? 3
    this.#options = options
    assertOption('EarlyStopping', 'patience', this.#patience, whole(0), 3)
    assertOption('EarlyStopping', 'minDelta', options.minDelta ?? 0, between(0, Infinity), 0)
  }

  /** The metric, once it is known; empty before. */
  get monitor(): string {
    return this.watched.name ?? ''
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
    if (context.fitting) return this.#check(context, 'validation')
  }

  onEpochEnd(context: TrainerContext): void | Promise<void> {
    return this.#check(context, 'epoch')
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
      watched: this.watched.state(),
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
    const { watched, best, waited, reason } = state as State
    this.watched.restore(watched)
    this.#best = best
    this.#waited = waited
    this.#reason = reason ?? null
    const weights = Object.entries(tensors)
    this.#weights =
      weights.length === 0
        ? undefined
        : new Map(weights.map(([name, { values }]) => [name, Float32Array.from(values)]))
  }

  #check(context: TrainerContext, moment: 'validation' | 'epoch'): void | Promise<void> {
    const read = this.watched.read(context, moment)
    if (read === undefined) return
    if (read.afresh) {
      this.#best = null
      this.#waited = 0
      this.#weights = undefined
    }
    const best = this.#best
    const verdict = this.#judge(read.value, this.watched.mode(context))
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
  #judge(value: number, mode: MetricMode): Verdict | undefined {
    const { checkFinite = true, stoppingThreshold, divergenceThreshold, minDelta } = this.#options
    const other = mode === 'min' ? 'max' : 'min'
    if (checkFinite && !Number.isFinite(value))
      return { reason: 'not-finite', words: `is ${value}` }
    const better = this.#best === null || isBetter(value, this.#best, mode, minDelta)
    if (better) {
      this.#best = value
      this.#waited = 0
    } else this.#waited++
    if (stoppingThreshold !== undefined && isBetter(value, stoppingThreshold, mode)) {
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
