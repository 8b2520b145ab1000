import type { Batch } from '@ductus/data'
import { seedEverything, currentSeed } from '../seed-everything.js'
import type { BatchLoader, TrainingData } from '../data/training-data.js'
import type { LitModule } from '../modules/lit-module.js'
import { silentReporter, type Reporter } from '../reporters/reporter.js'
import { TrainingError } from '../training-error.js'
import { assertModelsReady } from './assert-models-ready.js'
import { checkTrainerOptions } from './check-trainer-options.js'
import { runEvaluation } from './evaluate.js'
import { effectiveOptions } from './fit-settings.js'
import { FitSession } from './fit-session.js'
import { runPrediction } from './predict.js'
import type { EvaluationResult, FitResult, PredictResult } from './results.js'
import type { TrainerOptions } from './trainer-options.js'

/** Options of `Trainer.fit`. */
export interface FitOptions {
  /**
   * Goes on from a checkpoint, in its run's folder: `last` or `best` of the latest run of this name, or a path.
   * Defaults to a new run. Where nothing was saved yet it is a new run too, with a notice.
   */
  resume?: string
  /** Ends the fit as `interrupt` does once it is aborted; nothing is thrown. Defaults to none. */
  signal?: AbortSignal
}

/** Options of `Trainer.validate`, `test` and `predict`. */
export interface EvaluateOptions {
  /**
   * Loads these weights first, as `findCheckpoint` finds them: `best` or `last` of this Trainer's fit (of the latest run
   * of its name before one), a checkpoint's folder, or a run's, whose best is taken. Defaults to the weights as they are.
   */
  checkpoint?: string
  /** Ends the pass as `interrupt` does once it is aborted; nothing is thrown. Defaults to none. */
  signal?: AbortSignal
}

/** Asks a Trainer to end; see `Trainer.interrupt`. */
export interface Interruption {
  reason: string | undefined
}

/**
 * Trains, validates, tests and predicts with a `LitModule`, on data from a `DataModule` or anything of its shape.
 *
 * @example
 * const trainer = new Trainer({ maxEpochs: 5, callbacks: [new EarlyStopping()] })
 * const { bestCheckpoint } = await trainer.fit(new Classifier(model, { lr: 1e-3 }), data)
 * const { metrics } = await trainer.test({ checkpoint: 'best' })
 */
export class Trainer {
  readonly options: Readonly<TrainerOptions>
  readonly reporter: Reporter
  readonly seed: number
  readonly #interruption: Interruption = { reason: undefined }
  #session: FitSession | undefined
  #running = false

  /** @throws TrainingError for an option that is unknown or out of range */
  constructor(options: TrainerOptions = {}) {
    checkTrainerOptions(options)
    this.options = effectiveOptions(options)
    this.reporter = options.reporter ?? silentReporter
    this.seed = options.seed ?? currentSeed() ?? seedEverything()
  }

  /** Folder of the latest fit; undefined before, and where nothing is written. */
  get runDir(): string | undefined {
    return this.#session?.runDir
  }

  /**
   * Trains.
   *
   * @returns how it ended, with the metrics and where the best checkpoint is
   * @throws TrainingError, after `onException` and `onTeardown`
   */
  async fit(module: LitModule, data: TrainingData, options: FitOptions = {}): Promise<FitResult> {
    return this.#once(async () => {
      assertModelsReady(module, 'Trainer.fit')
      const session = new FitSession(this.options, this.reporter, this.seed, this.#interruption)
      this.#session = session
      return session.run(module, data, options.resume)
    }, options.signal)
  }

  /** Averages the module's metrics over the validation data. Without module and data: those of the last fit. */
  async validate(options?: EvaluateOptions): Promise<EvaluationResult>
  async validate(
    module: LitModule,
    data: TrainingData,
    options?: EvaluateOptions,
  ): Promise<EvaluationResult>
  async validate(...args: unknown[]): Promise<EvaluationResult> {
    return this.#evaluate('validation', args as EvaluateArguments)
  }

  /**
   * Averages the module's metrics over the test data. Without module and data: those of the last fit. With
   * `checkpoint` its weights are loaded into the module, and stay.
   */
  async test(options?: EvaluateOptions): Promise<EvaluationResult>
  async test(
    module: LitModule,
    data: TrainingData,
    options?: EvaluateOptions,
  ): Promise<EvaluationResult>
  async test(...args: unknown[]): Promise<EvaluationResult> {
    return this.#evaluate('test', args as EvaluateArguments)
  }

  /**
   * Predicts with `module.predictStep`: for a `Classifier`, probabilities.
   *
   * @param batches batches, a loader, or data whose test batches are taken
   */
  async predict(
    module: LitModule,
    batches: AsyncIterable<Batch> | Iterable<Batch> | BatchLoader | TrainingData,
    options: EvaluateOptions = {},
  ): Promise<PredictResult> {
    return this.#once(async () => {
      assertModelsReady(module, 'Trainer.predict')
      return runPrediction(this.#surroundings(), module, batches, options.checkpoint)
    }, options.signal)
  }

  /**
   * Asks the run to end: the batch is finished and, in a fit, `last` saved. The result says `interrupted`. Safe to
   * call from a signal handler.
   */
  interrupt(reason = 'interrupted'): void {
    if (this.#running) this.#interruption.reason ??= reason
  }

  #evaluate(stage: 'validation' | 'test', args: EvaluateArguments): Promise<EvaluationResult> {
    const [module, data, options] = this.#resolve(args)
    return this.#once(async () => {
      assertModelsReady(module, `Trainer.${stage === 'test' ? 'test' : 'validate'}`)
      return runEvaluation(this.#surroundings(), stage, module, data, options.checkpoint)
    }, options.signal)
  }

  #resolve(args: EvaluateArguments): [LitModule, TrainingData, EvaluateOptions] {
    const [first, data, options = {}] = args
    if (first && 'models' in first) return [first, data!, options]
    const { module, data: fitted } = this.#session ?? {}
    if (module && fitted) return [module, fitted, first ?? {}]
    throw new TrainingError(
      'NO_DATA',
      'Trainer: expected a module and data, received none before a fit. Give them, or fit first.',
    )
  }

  #surroundings() {
    return {
      options: this.options,
      reporter: this.reporter,
      seed: this.seed,
      interruption: this.#interruption,
      session: this.#session,
    }
  }

  /** One run at a time: two would share the module's log and the backend's tidies. */
  async #once<T>(run: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (this.#running) {
      throw new TrainingError(
        'NOT_SUPPORTED',
        'Trainer: expected one run at a time, received a second. Await the first, or make another Trainer.',
      )
    }
    this.#running = true
    this.#interruption.reason = undefined
    const stop = (): void => {
      this.interrupt()
    }
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop)
    try {
      return await run()
    } finally {
      signal?.removeEventListener('abort', stop)
      this.#running = false
    }
  }
}

type EvaluateArguments =
  [options?: EvaluateOptions] | [module: LitModule, data: TrainingData, options?: EvaluateOptions]
