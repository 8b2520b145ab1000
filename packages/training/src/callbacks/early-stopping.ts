import { TrainingError } from '../training-error.js'
import type { Callback } from './callback.js'
import { isBetter, modeOf, type MetricMode } from './metric-mode.js'
import { monitoredValue } from './monitored-value.js'
import type { TrainerContext } from './trainer-context.js'

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
}

interface State {
  best: number | null
  waited: number
}

/** Stops a run whose metric no longer gets better, and says why in the result. */
export class EarlyStopping implements Callback {
  readonly name = 'EarlyStopping'
  readonly skipOnFastDevRun = true
  readonly monitor: string
  readonly #mode: MetricMode
  readonly #options: EarlyStoppingOptions
  readonly #patience: number
  #best: number | null = null
  #waited = 0

  constructor(options: EarlyStoppingOptions = {}) {
    this.monitor = options.monitor ?? 'validation/loss'
    this.#mode = options.mode ?? modeOf(this.monitor)
    this.#patience = options.patience ?? 3
    this.#options = options
    if (!Number.isInteger(this.#patience) || this.#patience < 0) {
      throw new TrainingError(
        'INVALID_OPTION',
        `EarlyStopping: expected patience to be a whole number of at least 0, received ${this.#patience}. ` +
          'The default is 3.',
      )
    }
  }

  onValidationEnd(context: TrainerContext): void {
    if (context.fitting && !this.monitor.startsWith('train/')) this.#check(context, false)
  }

  onEpochEnd(context: TrainerContext): void {
    if (this.monitor.startsWith('train/')) this.#check(context, true)
    else monitoredValue(context, this.monitor, true)
  }

  state(): State {
    return { best: this.#best, waited: this.#waited }
  }

  restore(state: unknown): void {
    const { best, waited } = state as State
    this.#best = best
    this.#waited = waited
  }

  #check(context: TrainerContext, closing: boolean): void {
    const value = monitoredValue(context, this.monitor, closing)
    if (value === undefined) return
    const reason = this.#judge(value)
    if (reason !== undefined) context.stop(`EarlyStopping: ${this.monitor} ${reason}`)
  }

  /** Takes a value in; gives the reason to stop, if it is one. */
  #judge(value: number): string | undefined {
    const { checkFinite = true, stoppingThreshold, divergenceThreshold, minDelta } = this.#options
    const other = this.#mode === 'min' ? 'max' : 'min'
    if (checkFinite && !Number.isFinite(value)) return `is ${value}`
    if (stoppingThreshold !== undefined && isBetter(value, stoppingThreshold, this.#mode)) {
      return `reached ${value}, past the threshold of ${stoppingThreshold}`
    }
    if (divergenceThreshold !== undefined && isBetter(value, divergenceThreshold, other)) {
      return `came to ${value}, past the divergence threshold of ${divergenceThreshold}`
    }
    if (this.#best === null || isBetter(value, this.#best, this.#mode, minDelta)) {
      this.#best = value
      this.#waited = 0
      return undefined
    }
    this.#waited++
    if (this.#waited < this.#patience) return undefined
    return `did not improve on ${this.#best} in ${this.#waited} checks`
  }
}
