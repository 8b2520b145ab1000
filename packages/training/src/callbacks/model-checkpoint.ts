import { z } from 'zod'
import { anyNumber, fileName, type StateSchema } from '../files/state-schema.js'
import type { MetricMode } from '../metrics/metric-mode.js'
import { assertOption, between, whole } from './assert-option.js'
import type { Callback, CheckpointEvent, SavePoint } from './callback.js'
import { checkpointName } from './checkpoint-name.js'
import { Monitor, monitorState, type MonitorState } from './monitor.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `ModelCheckpoint`. */
export interface ModelCheckpointOptions {
  /**
   * The metric that says which are best; null keeps the latest instead. Defaults to `validation/loss`, or
   * `train/loss` where the fit validates nothing.
   */
  monitor?: string | null
  /** Which way is better. Defaults to what the metric was declared or logged with, else to what its name says. */
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
  watched: MonitorState | null
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
    watched: monitorState.nullable(),
  })
  readonly #given: ModelCheckpointOptions
  readonly #options: Required<Omit<ModelCheckpointOptions, 'monitor' | 'mode' | 'filename'>>
  /** Undefined where the latest are kept. */
  readonly watched: Monitor | undefined
  /** The metric's value that waits for the save point. */
  #score: number | undefined
  #kept: Kept[] = []
  #best: Kept | null = null
  #lastStep = -1
  #lastTime: number
  /** Name of the checkpoint that an error left. */
  #rescued: string | undefined

  constructor(options: ModelCheckpointOptions = {}) {
    this.#given = options
    const { monitor, mode } = options
    this.watched = monitor === null ? undefined : new Monitor('ModelCheckpoint', { monitor, mode })
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

  /** The metric, once it is known; empty before. */
  get monitor(): string {
    return this.watched?.name ?? ''
  }

  /** The best so far: its name and score. */
  get best(): Readonly<Kept> | null {
    return this.#best
  }

  onFitStart(): void {
    this.#lastTime = this.#options.clock()
    this.#score = undefined
  }

  onValidationEnd(context: TrainerContext): void {
    if (context.fitting) this.#read(context, 'validation')
  }

  onEpochEnd(context: TrainerContext): void {
    this.#read(context, 'epoch')
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
    const watched = this.watched?.state() ?? null
    return { kept, best: this.#best, lastStep: this.#lastStep, watched }
  }

  restore(state: unknown): void {
    const { kept, best, lastStep, watched } = state as State
    this.#lastStep = lastStep
    // Scores by a metric say nothing where the latest are kept, nor the other way round.
    if ((watched === null) !== (this.watched === undefined)) return
    if (watched) this.watched?.restore(watched)
    this.#kept = kept
    this.#best = best
  }

  #read(context: TrainerContext, moment: 'validation' | 'epoch'): void {
    const read = this.watched?.read(context, moment)
    if (read === undefined) return
    this.#score = read.value
    if (!read.afresh) return
    this.#kept = []
    this.#best = null
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
    const score = this.watched ? this.#score : context.step
    this.#score = undefined
    if (kind === 'epoch' && (context.epoch + 1) % everyNEpochs !== 0) return
    if (score === undefined) return this.#saveLast(context)
    const name = this.#newName(context, score)
    const release = saveTopK === 0 ? undefined : this.#take(context, { name, score })
    this.#mark(context)
    if (release) {
      context.requestCheckpoint({ name, last: saveLast, release, best: this.#best!.name })
    } else if (saveLast) context.requestCheckpoint({ last: true })
  }

  /** Takes a checkpoint among the best: gives those that drop out, or undefined where it is not good enough. */
  #take(context: TrainerContext, entry: Kept): string[] | undefined {
    const { saveTopK } = this.#options
    const better = (a: Kept, b: Kept): boolean =>
      this.watched?.isBetter(context, a.score, b.score) ?? a.score > b.score
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
  #newName({ epoch, step, metrics, logged }: TrainerContext, score: number): string {
    const { monitor } = this
    const scored = monitor ? `{epoch:04}-{${monitor}:.3f}` : '{epoch:04}-{step:08}'
    const values = { ...logged, ...metrics, ...(monitor && { [monitor]: score }), epoch, step }
    const name = checkpointName(this.#given.filename ?? scored, values)
    const taken = new Set(this.#kept.map((each) => each.name))
    let unique = name
    for (let n = 1; taken.has(unique); n++) unique = `${name}-v${n}`
    return unique
  }
}
