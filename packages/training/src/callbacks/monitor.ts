import { z } from 'zod'
import { isBetter, modeByName, type MetricMode } from '../metrics/metric-mode.js'
import { TrainingError } from '../training-error.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of what watches a metric. */
export interface MonitorOptions {
  /** The metric to watch. Defaults to `validation/loss`, or `train/loss` where the fit validates nothing. */
  monitor?: string | undefined
  /** Defaults to what the metric was declared or logged with, else to what the words of its name say. */
  mode?: MetricMode | undefined
  /** Whether a metric that never comes is an error. Defaults to true. */
  strict?: boolean | undefined
}

/** A value of a watched metric. */
export interface MonitoredValue {
  value: number
  /** Whether it is of another metric than the value before: what was remembered of that one counts no more. */
  afresh: boolean
}

/** What a monitor remembers, as checkpoints hold it. */
export const monitorState = z.object({
  name: z.string().nullable(),
  ofValidation: z.boolean(),
  last: z.string().nullable(),
})

/** What a monitor remembers. */
export type MonitorState = z.infer<typeof monitorState>

/**
 * Watches a metric for a callback. `validation/…` comes at the end of each validation; `train/…` and what hooks log come
 * at the end of each epoch, with their latest value. A callback that has one as `watched` is refused before the first
 * batch where its metric never comes; see `MonitoredMetrics`.
 *
 * @throws TrainingError `INVALID_OPTION` for a name or mode that is none
 */
export class Monitor {
  readonly strict: boolean
  readonly #where: string
  readonly #given: string | undefined
  readonly #mode: MetricMode | undefined
  #name: string | undefined
  /** Whether the metric comes with validations, whatever it is called. */
  #ofValidation = false
  /** The metric of the value before. */
  #last: string | undefined

  /** @param where the callback's name, for errors */
  constructor(where: string, { monitor, mode, strict = true }: MonitorOptions = {}) {
    this.#where = where
    this.#given = monitor
    this.#name = monitor
    this.#mode = mode
    this.strict = strict
    if (monitor !== undefined && (typeof monitor !== 'string' || monitor === '')) {
      throw invalid(where, 'monitor to be the name of a metric', monitor, 'validation/loss')
    }
    if (mode !== undefined && mode !== 'min' && mode !== 'max') {
      throw invalid(where, "mode to be 'min' or 'max'", mode, 'what the metric says')
    }
  }

  /** The metric; undefined until the default is chosen, at the first value. */
  get name(): string | undefined {
    return this.#name
  }

  /** Gives the metric's value where this moment brought one; called by `onValidationEnd` and `onEpochEnd`. */
  read(context: TrainerContext, moment: 'validation' | 'epoch'): MonitoredValue | undefined {
    const name = this.#choose(context, moment)
    const value = name === undefined ? undefined : this.#value(context, moment, name)
    if (value === undefined) return undefined
    const afresh = this.#last !== undefined && this.#last !== name
    if (afresh) {
      context.reporter.info(
        `${this.#where}: watches ${name} from here on; what was best by ${this.#last} counts no more.`,
      )
    }
    this.#last = name
    return { value, afresh }
  }

  /**
   * Says which way of the metric is better.
   *
   * @throws TrainingError `INVALID_OPTION` where neither options, declarations nor the name say it
   */
  mode({ modes }: Pick<TrainerContext, 'modes'>): MetricMode {
    const name = this.#name ?? 'validation/loss'
    const mode = this.#mode ?? modes[name] ?? modeByName(name)
    if (mode) return mode
    throw new TrainingError(
      'INVALID_OPTION',
      `${this.#where}: expected mode 'min' or 'max' for "${name}", whose name does not say which is better, received none. ` +
        "Give mode, or log it with log(name, value, { mode: 'max' }).",
    )
  }

  /** Says whether `value` is better than `than` by more than `minDelta`. NaN is never better. */
  isBetter(
    context: Pick<TrainerContext, 'modes'>,
    value: number,
    than: number,
    minDelta = 0,
  ): boolean {
    return isBetter(value, than, this.mode(context), minDelta)
  }

  /** Gives what it remembers, as JSON. */
  state(): MonitorState {
    const { name = null, last = null } = { name: this.#name, last: this.#last }
    return { name, ofValidation: this.#ofValidation, last }
  }

  /** Takes back what `state` gave. A name in the options counts more than the one that was watched. */
  restore({ name, ofValidation, last }: MonitorState): void {
    this.#name = this.#given ?? name ?? undefined
    this.#ofValidation = ofValidation && this.#name === last
    this.#last = last ?? undefined
  }

  #choose(
    { validates, validations, fresh, metrics }: TrainerContext,
    moment: 'validation' | 'epoch',
  ): string | undefined {
    if (this.#given !== undefined) return this.#given
    const known = this.#name
    if (known !== undefined && (validates || known !== 'validation/loss')) return known
    if (moment === 'epoch' && validates && validations === 0) return undefined
    const seen = moment === 'validation' ? fresh : metrics
    this.#name = validates && 'validation/loss' in seen ? 'validation/loss' : 'train/loss'
    return this.#name
  }

  #value(
    { fresh, logged }: TrainerContext,
    moment: 'validation' | 'epoch',
    name: string,
  ): number | undefined {
    if (moment === 'epoch') return this.#ofValidation ? undefined : (fresh[name] ?? logged[name])
    if (name.startsWith('train/')) return undefined
    // A hook may log a metric of validation too, if its callback is before this one.
    const value = fresh[name] ?? (name.startsWith('validation/') ? logged[name] : undefined)
    this.#ofValidation ||= value !== undefined
    return value
  }
}

function invalid(where: string, expected: string, received: unknown, usual: string): TrainingError {
  return new TrainingError(
    'INVALID_OPTION',
    `${where}: expected ${expected}, received ${JSON.stringify(received)}. The default is ${usual}.`,
  )
}
