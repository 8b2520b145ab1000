import type { Batch } from '@ductus/data'
import type { LoggedImage } from '../files/encode-png.js'
import type { MetricMode } from '../metrics/metric-mode.js'
import type { LoggedValue } from '../metrics/step-log.js'
import type { LitModule } from '../modules/lit-module.js'
import type { Stage } from '../modules/step-context.js'
import type { Optimizer } from '../optimizers/optimizer.js'
import type { Reporter } from '../reporters/reporter.js'

/** A checkpoint that a callback wants written at the next save point. */
export interface CheckpointRequest {
  /** Name of the folder; without one, only `last` is moved. */
  name?: string
  /** Whether `last` is to point at it. */
  last?: boolean
  /** A checkpoint that `best` is to point at. */
  best?: string
  /** Checkpoints that are no longer wanted, removed once the new one is safe. */
  release?: readonly string[]
}

/** How a metric that a hook logs is taken. */
export interface HookLogOptions {
  /** Which way is better: for callbacks that watch it. Defaults to what the words of its name say. */
  mode?: MetricMode
  /** Whether loggers get it; false for what is written elsewhere, and here only to be watched. Defaults to true. */
  row?: boolean
}

/** What a hook is given: numbers to read, and verbs to ask with. One object a run, the same in every hook. */
export interface TrainerContext {
  readonly stage: Stage
  /** True in the few validation batches that are tried before training. */
  readonly sanityChecking: boolean
  /** The epoch that runs, or has just ended, from 0. */
  readonly epoch: number
  /** The batch that runs, or has just ended, from 0; in its pass. */
  readonly batchIndex: number
  /** Batches of this pass. */
  readonly batches: number
  /** Samples of this pass. */
  readonly passSamples: number
  /** Whether a fit runs, rather than a validation, test or prediction alone. */
  readonly fitting: boolean
  /** Whether the fit validates: there are data for it, and a moment when it is due. */
  readonly validates: boolean
  /** Validations done in the fit. */
  readonly validations: number
  /** Optimizer steps done. */
  readonly step: number
  /** Training samples seen, over all epochs. */
  readonly samples: number
  /** Samples of the batch. */
  readonly batchSize: number
  /** The batch itself, as typed arrays that a loader may use again: take copies. Undefined outside of a pass. */
  readonly batch: Batch | undefined
  readonly maxEpochs: number | undefined
  readonly maxSteps: number | undefined
  readonly module: LitModule
  /** By name; `optimizer` where there is one. */
  readonly optimizers: Readonly<Record<string, Optimizer>>
  /** The latest value of each metric, epoch means and validations. */
  readonly metrics: Readonly<Record<string, number>>
  /** Metrics that this very moment brought: of the batch, the validation or the epoch that has just ended. */
  readonly fresh: Readonly<Record<string, number>>
  /** The latest value of each metric that hooks logged since the epoch began; tensors once they were read. */
  readonly logged: Readonly<Record<string, number>>
  /** Which way is better, of each metric whose declaration or log says it. */
  readonly modes: Readonly<Record<string, MetricMode>>
  /** Running means of the pass so far. */
  readonly running: Readonly<Record<string, number>>
  /** Folder of the run; undefined where nothing is written. */
  readonly runDir: string | undefined
  readonly reporter: Reporter
  readonly seed: number
  /**
   * Ends the run at the next safe place, with a reason for the result. Checkpoints keep it: a run taken up again is over.
   * Not so where it is `resumable`, such as a time limit: then the run goes on unless it is stopped anew.
   */
  stop(reason: string, options?: { resumable?: boolean }): void
  /**
   * Logs a number; it is in the next row that loggers get. Not named `epoch`, `step`, `samples` or `kind`. A callback
   * that logs what others are to watch names it in its `declaredMetrics`.
   */
  log(name: string, value: LoggedValue, options?: HookLogOptions): void
  /** Hands a text in Markdown to the loggers that show such, at the step of now; from `onFitStart` on. */
  logText(tag: string, text: string): void
  /** Hands a picture to the loggers that show such, at the step of now; from `onFitStart` on. */
  logImage(tag: string, image: LoggedImage): void
  /** Asks for a checkpoint; in `onSavePoint` and `onException` only. */
  requestCheckpoint(request: CheckpointRequest): void
}
