import { z } from 'zod'
import { anyNumber, fileName, type StateSchema } from '../files/state-schema.js'
import { assertOption, between, whole } from './assert-option.js'
import type { Callback, CheckpointEvent, SavePoint } from './callback.js'
import { checkpointName } from './checkpoint-name.js'
import { isBetter, modeOf, type MetricMode } from './metric-mode.js'
import { monitoredValue } from './monitored-value.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `ModelCheckpoint`. */
export interface ModelCheckpointOptions {
  /**
   * The metric that says which are best; null keeps the latest instead. Defaults to `validation/loss`, or
   * `train/loss` where nothing is validated.
   */
  monitor?: string | null
  /** Defaults to `max` for accuracies, `min` for all else. */
  mode?: MetricMode
  /** How many of the best are kept; −1 keeps all. Defaults to 5. */
  saveTopK?: number
  /** Whether the latest is kept too, as `last`. Defaults to true. */
  saveLast?: boolean
  /** Saves at the end of every n-th epoch. Defaults to 1. */
  everyNEpochs?: number
  /** Saves every n optimizer steps too. Defaults to never. */
  everyNSteps?: number
  /** Saves when n minutes have passed since the last time. Defaults to never. */
  everyNMinutes?: number
  /**
   * Saves the fit as it stands when an error ends it, as `exception-epoch=…-step=…`. It may stand inside a step then, so
   * `last` stays at the checkpoint before. Defaults to true.
   */
  saveOnException?: boolean
  /** Name of a checkpoint; see `checkpointName`. Defaults to `{epoch:04}-{<monitor>:.3f}`. */
  filename?: string
  /** Gives milliseconds, for `everyNMinutes`. Defaults to `performance.now`. */
  clock?: () => number
}

/** A checkpoint that is kept for its score. */
interface Kept {
  name: string
  score: number
}

interface State {
  kept: Kept[]
  best: Kept | null
  lastStep: number
  monitor?: string | null | undefined
}

const keptSchema = z.object({ name: fileName, score: anyNumber })

/** Keeps the best checkpoints by a metric, and the last. */
export class ModelCheckpoint implements Callback {
  readonly name = 'ModelCheckpoint'
  readonly skipOnFastDevRun = true
  readonly stateSchema: StateSchema = z.object({
    kept: z.array(keptSchema),
    best: keptSchema.nullable(),
    lastStep: z.int().min(-1),
    monitor: z.string().nullish(),
  })
  readonly #given: ModelCheckpointOptions
  readonly #options: Required<Omit<ModelCheckpointOptions, 'monitor' | 'mode' | 'filename'>>
  #monitor: string | null | undefined
  #kept: Kept[] = []
  #best: Kept | null = null
  #lastStep = -1
  #lastTime: number
  /** Name of the checkpoint that an error left. */
  #rescued: string | undefined

  constructor(options: ModelCheckpointOptions = {}) {
    this.#given = options
    this.#monitor = options.monitor
    this.#options = {
      saveTopK: 5,
      saveLast: true,
      everyNEpochs: 1,
      everyNSteps: Infinity,
      everyNMinutes: Infinity,
      saveOnException: true,
      clock: () => performance.now(),
      ...options,
    }
    const { saveTopK, everyNEpochs, everyNSteps, everyNMinutes } = this.#options
    assertOption('ModelCheckpoint', 'saveTopK', saveTopK, whole(-1), 5)
    assertOption('ModelCheckpoint', 'everyNEpochs', everyNEpochs, whole(1), 1)
    assertOption('ModelCheckpoint', 'everyNSteps', everyNSteps, between(1, Infinity), 'never')
    assertOption('ModelCheckpoint', 'everyNMinutes', everyNMinutes, between(0, Infinity), 'never')
    this.#lastTime = this.#options.clock()
  }

  /** The metric, once it is known. */
  get monitor(): string {
    return this.#monitor ?? ''
  }

  /** The best so far: its name and score. */
  get best(): Readonly<Kept> | null {
    return this.#best
  }

  onFitStart(): void {
    this.#lastTime = this.#options.clock()
  }

  onSavePoint(context: TrainerContext, point: SavePoint): void {
    if (point.kind === 'end') this.#saveLast(context)
    else if (point.kind === 'batch') this.#batch(context)
    else this.#scored(context, point)
  }

  onException(context: TrainerContext): void {
    const { fitting, epoch, step } = context
    if (!fitting || !this.#options.saveOnException) return
    this.#rescued = checkpointName('exception-{epoch:04}-{step:08}', { epoch, step })
    context.requestCheckpoint({ name: this.#rescued })
  }

  onCheckpointSaved({ reporter }: TrainerContext, { name, path }: CheckpointEvent): void {
    if (name === this.#rescued) reporter.warn(`The fit as it stood at the error is in ${path}`)
  }

  state(): State {
    const kept = this.#kept.map((each) => ({ ...each }))
    return { kept, best: this.#best, lastStep: this.#lastStep, monitor: this.#monitor }
  }

  restore(state: unknown): void {
    const { kept, best, lastStep, monitor } = state as State
    this.#monitor = monitor
    this.#kept = kept
    this.#best = best
    this.#lastStep = lastStep
  }

  #batch(context: TrainerContext): void {
    const { everyNSteps, everyNMinutes, clock } = this.#options
    const { step } = context
    const due = step > 0 && step !== this.#lastStep && step % everyNSteps === 0
    if (!due && clock() - this.#lastTime < everyNMinutes * 60_000) return
    this.#saveLast(context)
  }

  #scored(context: TrainerContext, { kind }: SavePoint): void {
    const { everyNEpochs, saveTopK, saveLast } = this.#options
    if (kind === 'epoch' && (context.epoch + 1) % everyNEpochs !== 0) return
    const monitor = this.#chosenMonitor(context)
    if (monitor === undefined) return this.#saveLast(context)
    const score =
      monitor === null ? context.step : monitoredValue(context, monitor, kind === 'epoch')
    const name = this.#newName(context)
    const release = score === undefined || saveTopK === 0 ? undefined : this.#take({ name, score })
    this.#mark(context)
    if (release) {
      context.requestCheckpoint({ name, last: saveLast, release, best: this.#best!.name })
    } else if (saveLast) context.requestCheckpoint({ last: true })
  }

  /** The metric to go by; undefined while it cannot be known, before the first validation. */
  #chosenMonitor({ validates, validations, metrics }: TrainerContext): string | null | undefined {
    if (this.#monitor !== undefined) return this.#monitor
    if (validates && validations === 0) return undefined
    this.#monitor = validates && 'validation/loss' in metrics ? 'validation/loss' : 'train/loss'
    return this.#monitor
  }

  /** Takes a checkpoint among the best: gives those that drop out, or undefined where it is not good enough. */
  #take(entry: Kept): string[] | undefined {
    const { saveTopK } = this.#options
    const mode = this.#given.mode ?? (this.#monitor ? modeOf(this.#monitor) : 'max')
    const better = (a: Kept, b: Kept): boolean => isBetter(a.score, b.score, mode)
    const ranked = [...this.#kept, entry].sort((a, b) => (better(a, b) ? -1 : better(b, a) ? 1 : 0))
    const kept = saveTopK === -1 ? ranked : ranked.slice(0, saveTopK)
    if (!kept.includes(entry)) return undefined
    this.#kept = kept
    if (!this.#best || better(entry, this.#best)) this.#best = entry
    return ranked.filter((each) => !kept.includes(each)).map((each) => each.name)
  }

  #saveLast(context: TrainerContext): void {
    if (!this.#options.saveLast) return
    this.#mark(context)
    context.requestCheckpoint({ last: true })
  }

  #mark({ step }: TrainerContext): void {
    this.#lastStep = step
    this.#lastTime = this.#options.clock()
  }

  /** Two validations of one epoch may round to one name: the second is numbered. */
  #newName(context: TrainerContext): string {
    const { epoch, step, metrics } = context
    const scored = this.#monitor ? `{epoch:04}-{${this.#monitor}:.3f}` : '{epoch:04}-{step:08}'
    const name = checkpointName(this.#given.filename ?? scored, { ...metrics, epoch, step })
    const taken = new Set(this.#kept.map((each) => each.name))
    let unique = name
    for (let n = 1; taken.has(unique); n++) unique = `${name}-v${n}`
    return unique
  }
}
