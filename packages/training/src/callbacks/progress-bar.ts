import type { BatchOutcome, Callback } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `ProgressBar`. */
export interface ProgressBarOptions {
  /** Least milliseconds between two reports inside a pass. Defaults to 100. */
  refreshMs?: number
  /** Tells `loss: 2.398207 [10000/50000]` every n optimizer steps, as a line. Defaults to never. */
  linesEveryNSteps?: number
  /** Gives milliseconds. Defaults to `performance.now`. */
  clock?: () => number
}

/** Tells the reporter how far a pass is: what draws it is the reporter's affair. */
export class ProgressBar implements Callback {
  readonly name = 'ProgressBar'
  readonly #refreshMs: number
  readonly #linesEvery: number
  readonly #clock: () => number
  #started = 0
  #reported = 0
  #samples = 0
  #begun = false
  /** Whether the optimizer stepped in this batch: not so inside an accumulation group. */
  #stepped = false

  constructor({ refreshMs = 100, linesEveryNSteps, clock }: ProgressBarOptions = {}) {
    this.#refreshMs = refreshMs
    this.#linesEvery = linesEveryNSteps ?? Infinity
    this.#clock = clock ?? (() => performance.now())
  }

  onFitStart(): void {
    this.#begun = false
  }

  onTrainBatchStart(): void {
    if (!this.#begun) this.#begin()
  }

  onAfterOptimizerStep(): void {
    this.#stepped = true
  }

  onTrainBatchEnd(context: TrainerContext, outcome: BatchOutcome): void {
    this.#advance(context, outcome)
    if (this.#stepped && context.step % this.#linesEvery === 0) this.#line(context, outcome)
    this.#stepped = false
  }

  onValidationStart(): void {
    this.#begin()
  }

  onValidationBatchEnd(context: TrainerContext, outcome: BatchOutcome): void {
    this.#advance(context, outcome)
  }

  onValidationEnd(context: TrainerContext): void {
    if (!context.fitting) this.#report(context, true)
    this.#begun = false
  }

  onEpochEnd(context: TrainerContext): void {
    this.#report(context, true)
    this.#begun = false
  }

  onTestStart(): void {
    this.#begin()
  }

  onTestBatchEnd(context: TrainerContext, outcome: BatchOutcome): void {
    this.#advance(context, outcome)
  }

  onTestEnd(context: TrainerContext): void {
    this.#report(context, true)
  }

  #begin(): void {
    this.#started = this.#clock()
    this.#reported = this.#started
    this.#samples = 0
    this.#begun = true
  }

  #advance(context: TrainerContext, { size }: BatchOutcome): void {
    this.#samples += size
    const now = this.#clock()
    if (now - this.#reported < this.#refreshMs) return
    this.#reported = now
    this.#report(context, false)
  }

  #report(context: TrainerContext, done: boolean): void {
    const { stage, epoch, maxEpochs, batchIndex, batches } = context
    const seconds = (this.#clock() - this.#started) / 1000
    const rate = seconds > 0 ? this.#samples / seconds : 0
    const samples = seen(context, batchIndex)
    context.reporter.progress({
      stage,
      epoch,
      maxEpochs,
      batch: Math.min(batchIndex + 1, batches),
      batches,
      samples,
      samplesTotal: context.passSamples,
      samplesPerSecond: rate,
      secondsLeft: rate > 0 ? (context.passSamples - samples) / rate : 0,
      metrics: done ? { ...context.metrics, ...context.fresh } : context.running,
      done,
    })
  }

  #line(context: TrainerContext, { index, metrics }: BatchOutcome): void {
    const loss = metrics['train/loss']!.toFixed(6)
    context.reporter.info(`loss: ${loss} [${seen(context, index)}/${context.passSamples}]`)
  }
}

/** Samples of the pass up to and with a batch: the last one may not be full. */
function seen({ batches, batchSize, passSamples }: TrainerContext, index: number): number {
  return index + 1 >= batches ? passSamples : (index + 1) * batchSize
}
