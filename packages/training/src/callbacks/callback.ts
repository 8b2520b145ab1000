import type { Tensor } from '@tensorflow/tfjs-core'
import type { StateTensor } from '../checkpoints/tensor-file.js'
import type { StateSchema } from '../files/state-schema.js'
import type { DeclaredMetrics } from '../metrics/metric-mode.js'
import type { TrainedWeight } from '../optimizers/optimizer.js'
import type { Monitor } from './monitor.js'
import type { TrainerContext } from './trainer-context.js'

/** What a batch came to. */
export interface BatchOutcome {
  /** Position in the pass, from 0. */
  index: number
  size: number
  /** The batch's own metrics, by full name; `train/loss` among them. */
  metrics: Readonly<Record<string, number>>
}

/** A place where a checkpoint may be taken: all counters, metrics and callbacks agree there. */
export interface SavePoint {
  kind: 'batch' | 'validation' | 'epoch' | 'end'
  /** Whether a validation ended here. */
  validated: boolean
}

/** Arrays by name, such as a mean of the weights. */
export type StateTensors = Readonly<Record<string, StateTensor>>

/** A checkpoint that was written or read. */
export interface CheckpointEvent {
  name: string
  path: string
}

/** The predictions of one batch. */
export interface PredictedBatch extends BatchOutcome {
  /** `[batch, ...]`, row-major. */
  values: Float32Array
  shape: readonly number[]
  labels: ArrayLike<number>
}

type Hook<Args extends unknown[] = []> = (
  context: TrainerContext,
  ...args: Args
) => void | Promise<void>

/**
 * The hooks, in the order in which a run calls them. Each may be async; a hook of one callback ends before the next
 * callback's begins.
 */
export interface Hooks {
  /** Opens any run, before the data are made ready. */
  onSetup: Hook
  /** Opens a fit, after a checkpoint was loaded. */
  onFitStart: Hook
  onEpochStart: Hook
  onTrainBatchStart: Hook
  /** Sees the gradients before the optimizer does. Synchronous, inside the step's tidy: it must not read tensors. */
  onBeforeOptimizerStep: (
    context: TrainerContext,
    weights: readonly TrainedWeight[],
    gradients: readonly (Tensor | null)[],
  ) => void
  onAfterOptimizerStep: Hook
  onTrainBatchEnd: Hook<[outcome: BatchOutcome]>
  onValidationStart: Hook
  onValidationBatchEnd: Hook<[outcome: BatchOutcome]>
  /** Closes a validation, in a fit or alone; its means are in `context.fresh`. */
  onValidationEnd: Hook
  /** Closes an epoch, after its validation. */
  onEpochEnd: Hook
  /** The only place to ask for a checkpoint: after the hooks and the log rows of what has just ended. */
  onSavePoint: Hook<[point: SavePoint]>
  /** Before a checkpoint is taken: the weights are written as they are after this. */
  onCheckpointSaving: Hook
  onCheckpointSaved: Hook<[event: CheckpointEvent]>
  onCheckpointLoaded: Hook<[event: CheckpointEvent]>
  onFitEnd: Hook
  onTestStart: Hook
  onTestBatchEnd: Hook<[outcome: BatchOutcome]>
  onTestEnd: Hook
  onPredictStart: Hook
  onPredictBatchEnd: Hook<[outcome: PredictedBatch]>
  onPredictEnd: Hook
  /** Sees what ended the run; the error is thrown on afterwards. */
  onException: Hook<[error: unknown]>
  /** Closes any run, also one that failed. */
  onTeardown: Hook
}

/** The hooks' names, in their order. */
export type HookName = keyof Hooks

/**
 * Takes part in a run: any object with some of the hooks. Callbacks are called in the order given.
 *
 * One with memory has `state` and `restore`: what `state` gives is in every checkpoint.
 *
 * @example
 * const announce: Callback = {
 *   onEpochEnd: (context) => context.reporter.info(`epoch ${context.epoch}: ${context.metrics['train/loss']}`),
 * }
 */
export interface Callback extends Partial<Hooks> {
  /** What errors and checkpoints call it. Defaults to its class's name. */
  readonly name?: string
  /** The metric it watches, where it has no `watched`; one that never comes is an error, before the first batch if possible. */
  readonly monitor?: string
  /** Whether a monitored metric that never comes is an error. Defaults to true. */
  readonly strict?: boolean
  /** What watches its metric: knows when a value comes, and which is better. */
  readonly watched?: Monitor | undefined
  /** Whether `fastDevRun` leaves it out. Defaults to false. */
  readonly skipOnFastDevRun?: boolean
  /**
   * Names the metrics that it logs by `context.log`, with their directions, so that others may watch them; called once,
   * after every `onFitStart`.
   */
  declaredMetrics?(context: TrainerContext): DeclaredMetrics
  /** Gives what it remembers, as JSON, or a promise of it. */
  state?(): unknown
  /** Gives what it remembers as arrays, by name: checkpoints keep it in a binary file. Goes with `state`. */
  tensors?(): StateTensors | Promise<StateTensors>
  /** Checks a stored state before anything of a run is restored, such as a zod schema. Defaults to no check. */
  readonly stateSchema?: StateSchema
  /** Takes back what `state` and `tensors` gave. */
  restore?(state: unknown, tensors: StateTensors): void
}
