import type { DeclaredMetrics, MetricMode } from '../metrics/metric-mode.js'
import { nearestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'
import type { Callback } from './callback.js'
import type { Monitor } from './monitor.js'
import type { TrainerContext } from './trainer-context.js'

/** What is known of a fit's metrics before its first batch. */
export interface FitMetrics {
  /** What the module declares; undefined where it declares nothing. */
  declared: DeclaredMetrics | undefined
  /** Names of the validation loaders; empty for the first. */
  loaders: readonly string[]
  /** Names that a validation logged: the one before training, or those before a run was resumed. */
  validated: readonly string[]
}

interface Watch {
  where: string
  name: string
  strict: boolean
  monitor: Monitor | undefined
}

type Source = 'train' | 'validation'

/**
 * Knows which metrics a fit has, and refuses a callback that watches another: before the first batch where the module
 * declares its metrics or the validation before training named them, else once the first batch of a pass is done.
 */
export class MonitoredMetrics {
  readonly #callbacks: readonly Callback[]
  readonly #context: TrainerContext
  readonly #declare: (name: string, mode: MetricMode | undefined) => void
  readonly #known = new Set(['train/loss'])
  /** Where metrics may come from that nothing has named yet. */
  readonly #open = new Set<Source>()

  /** @param declare takes the directions that are declared */
  constructor(
    callbacks: readonly Callback[],
    context: TrainerContext,
    declare: (name: string, mode: MetricMode | undefined) => void,
  ) {
    this.#callbacks = callbacks
    this.#context = context
    this.#declare = declare
  }

  /**
   * Checks what can be known before the first batch, after every `onFitStart`.
   *
   * @throws TrainingError `UNKNOWN_METRIC` with the metrics that there are; `INVALID_OPTION` where a direction is missing
   */
  begin({ declared, loaders, validated }: FitMetrics): void {
    this.#learn(byLoader(declared ?? {}, loaders))
    for (const name of validated) this.#learn({ [name]: undefined })
    for (const callback of this.#callbacks) this.#learn(callback.declaredMetrics?.(this.#context))
    if (!declared) this.#open.add('train')
    if (!declared && this.#context.validates && validated.length === 0) this.#open.add('validation')
    this.#check()
  }

  /** Checks again once the first batch of a pass has named its metrics. */
  saw(source: Source, names: Readonly<Record<string, number>>): void {
    if (!this.#open.delete(source)) return
    for (const name of [...Object.keys(names), ...Object.keys(this.#context.logged)]) {
      this.#known.add(name)
    }
    this.#check()
  }

  #learn(metrics: DeclaredMetrics = {}): void {
    const { validates } = this.#context
    for (const [name, mode] of Object.entries(metrics)) {
      if (name.startsWith('test/') || (name.startsWith('validation/') && !validates)) continue
      this.#known.add(name)
      this.#declare(name, mode)
    }
  }

  #check(): void {
    for (const { where, name, strict, monitor } of this.#callbacks.flatMap(watchOf)) {
      if (this.#known.has(name)) monitor?.mode(this.#context)
      else if (strict && !this.#mayCome(name)) throw this.#unknown(where, name)
    }
  }

  #mayCome(name: string): boolean {
    if (name.startsWith('test/')) return false
    const train = this.#open.has('train') && !name.startsWith('validation/')
    return train || (this.#open.has('validation') && !name.startsWith('train/'))
  }

  #unknown(where: string, name: string): TrainingError {
    const known = [...this.#known]
    return new TrainingError(
      'UNKNOWN_METRIC',
      `${where}: expected monitor to be one of ${known.join(', ')}, received "${name}". ` +
        this.#hint(name, known),
    )
  }

  #hint(name: string, known: readonly string[]): string {
    if (name.startsWith('test/')) return 'A test comes after the fit: watch another.'
    if (name.startsWith('validation/') && !this.#context.validates) {
      return 'This fit validates nothing: watch one of these, or let it validate.'
    }
    const nearest = nearestName(name, known)
    if (nearest !== undefined) return `Did you mean ${nearest}?`
    return 'Watch one of these, or name it in declaredMetrics() of the module or callback that logs it.'
  }
}

function watchOf({ watched, monitor, strict, name, constructor }: Callback): Watch[] {
  const metric = watched ? watched.name : monitor
  if (metric === undefined || metric === '') return []
  const where = name ?? constructor.name
  return [{ where, name: metric, strict: watched?.strict ?? strict ?? true, monitor: watched }]
}

/** What is declared of validation, for every loader that has a name. */
function byLoader(declared: DeclaredMetrics, loaders: readonly string[]): DeclaredMetrics {
  const named = loaders.filter((loader) => loader !== '')
  const more = Object.entries(declared).flatMap(([name, mode]) =>
    name.startsWith('validation/')
      ? named.map((loader) => [name.replace('/', `/${loader}/`), mode] as const)
      : [],
  )
  return { ...declared, ...Object.fromEntries(more) }
}
