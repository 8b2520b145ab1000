import type { Tensor } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { TrainerContext } from '../callbacks/trainer-context.js'
import type { StateSchema } from '../files/state-schema.js'
import type { DeclaredMetrics, MetricMode } from '../metrics/metric-mode.js'
import type { LinePair } from '../metrics/score-lines.js'
import { assertMetricName } from '../metrics/assert-metric-name.js'
import type { LoggedValue } from '../metrics/step-log.js'
import type { OptimizerSetup } from '../optimizers/optimizer-setup.js'
import type { LineReading } from '../text/line-reader.js'
import { TrainingError } from '../training-error.js'
import type { ScoreKind } from './losses.js'
import type { ManualStepContext, Stage, StepContext, TensorBatch } from './step-context.js'
import type { StepLoss } from './step-loss.js'

/** Where a module's `log` leads; the Trainer connects it for the length of a run. */
export interface LogSink {
  add(name: string, value: LoggedValue, weight: number, mode?: MetricMode): void
}

/** How a metric counts. */
export interface LogOptions {
  /** What the value counts in the mean, at least 0. Defaults to the samples of the batch. */
  weight?: number
  /** Which way is better: for callbacks that watch it. Defaults to what the words of its name say. */
  mode?: MetricMode
}

/** What a module has to say after a pass of validation or test, beside its means. */
export interface EvaluationReport {
  /** Counts by true class (rows) and predicted class (columns). */
  confusion?: number[][]
  /** First lines of the pass, as they are and as they were read. */
  readings?: LinePair[]
  [name: string]: unknown
}

/**
 * Holds the logic of training: what a step computes, and with which optimizer it learns. Extend it, or take the ready
 * `Classifier`.
 *
 * Steps run synchronously inside a tidy: every tensor they make is freed, and they must not read any. What they log
 * is read after the step.
 *
 * @example
 * class Regressor extends LitModule {
 *   constructor(readonly model: tf.LayersModel) { super({ model }) }
 *   trainingStep({ x, y }: TensorBatch, context: StepContext) {
 *     return tf.losses.meanSquaredError(y, this.forward(x, context)).asScalar()
 *   }
 *   validationStep = this.trainingStep
 *   configureOptimizers() { return new Adam({ lr: 1e-3 }) }
 * }
 */
export abstract class LitModule {
  /** The models that train, by name. Checkpoints hold one folder for each. */
  readonly models: Readonly<Record<string, LayersModel>>
  #sink: LogSink | undefined
  #weight = 1

  constructor(models: Readonly<Record<string, LayersModel>>) {
    this.models = models
  }

  /**
   * Computes the loss of a batch, logged as `train/loss`: a scalar, the mean over the batch's samples. A loss that is
   * divided by anything else, such as the sum of the samples' weights, says so: `{ loss, divisor }`, with the divisor a
   * number that is known without reading a tensor. Then losses of a pass, and gradients of accumulated batches, are
   * sums divided by sums, and do not depend on how the samples were batched. A batch whose divisor is 0 counts nothing.
   */
  abstract trainingStep(batch: TensorBatch, context: StepContext): StepLoss

  /**
   * Trains on a batch by hand, with several optimizers for example, in place of `trainingStep`. Defaults to none.
   *
   * @returns the loss to report, as `trainingStep` gives it
   */
  step?(batch: TensorBatch, context: ManualStepContext): StepLoss

  /** Gives the optimizer, or several with the models they train, when `fit` starts. */
  abstract configureOptimizers(): OptimizerSetup

  /**
   * Computes the loss of a batch for validation, as `trainingStep` gives it; logged as `validation/loss`. May log more,
   * and may give nothing.
   */
  validationStep(batch: TensorBatch, context: StepContext): StepLoss | void {
    return missing(this, 'validationStep', batch, context)
  }

  /** Computes the loss of a batch for a test, logged as `test/loss`. Defaults to `validationStep`. */
  testStep(batch: TensorBatch, context: StepContext): StepLoss | void {
    return this.validationStep(batch, context)
  }

  /** Computes predictions `[batch, ...]`. Defaults to the output of the first model. */
  predictStep(batch: TensorBatch, context: StepContext): Tensor {
    return this.forward(batch.x, context)
  }

  /** What the numbers of `predictStep` are. Defaults to plain scores: no probabilities. */
  get scoreKind(): ScoreKind {
    return 'score'
  }

  /**
   * Says what predictions spell, a text a sample, in a module that reads text. `PredictionWriter` and
   * `SamplePredictions` write it. Defaults to none: the numbers are all there is.
   *
   * @param predictions as `predictStep` gave them, `[samples, ...]`
   */
  readings?(predictions: { values: Float32Array; shape: readonly number[] }): readonly LineReading[]

  /**
   * Names all metrics that training and validation log, with their directions, so that a callback that watches another is
   * refused before the first batch; a subclass that logs more adds its own to `super.declaredMetrics()`. Without it the
   * names are known once the first batch has logged them. Defaults to none.
   *
   * @example
   * declaredMetrics = () => ({ 'train/loss': 'min', 'validation/loss': 'min', 'validation/iou': 'max' })
   */
  declaredMetrics?(): DeclaredMetrics

  /** Opens a fit, before the callbacks' `onFitStart`: the place to tell the reporter what the user should know. */
  onFitStart(_context: TrainerContext): void {}

  /** Opens a pass of validation or test. */
  onEvaluationStart(_stage: Stage): void {}

  /** Closes a pass of validation or test that was gone through; its means are in `context.fresh`. */
  onEvaluationEnd(_stage: Stage, _context: TrainerContext): void {}

  /** Says what a pass found beside its means, such as a confusion matrix. */
  evaluationReport(_stage: Stage): EvaluationReport {
    return {}
  }

  /** Gives the options to record in `hparams.json` and in checkpoints. */
  hparams(): Record<string, unknown> {
    return {}
  }

  /** Gives what a checkpoint inside a pass must hold beside weights, as JSON. */
  state(): unknown {
    return undefined
  }

  /** Checks a stored state before anything of a run is restored, such as a zod schema. Defaults to no check. */
  readonly stateSchema?: StateSchema

  /** Takes back what `state` gave. */
  restore(_state: unknown): void {}

  /**
   * Runs a model, the first one unless another is given, on `x`. `training`, `step` and `micro` reach every layer, so
   * that dropout is a function of them.
   *
   * @throws TrainingError `UNKNOWN_NAME` for a model that is undefined, as of a name that `models` does not have
   */
  forward(x: Tensor, context: StepContext, ...model: [model?: LayersModel]): Tensor {
    if (model.length > 0 && model[0] === undefined) {
      throw new TrainingError(
        'UNKNOWN_NAME',
        `${this.constructor.name}.forward: expected a model, received undefined. ` +
          `Known in models: ${Object.keys(this.models).join(', ')}.`,
      )
    }
    const chosen = model[0] ?? Object.values(this.models)[0]!
    const { training, step, micro } = context
    return chosen.apply(x, { training, step, micro }) as Tensor
  }

  /**
   * Logs a metric, averaged over the pass by its weight.
   *
   * @param name such as `train/acc`; not `epoch`, `step`, `samples` or `kind`, which rows have anyway
   * @param options what the value counts in the mean, or both that and which way is better
   */
  log(name: string, value: LoggedValue, options: number | LogOptions = {}): void {
    assertMetricName(name)
    const { weight = this.#weight, mode } =
      typeof options === 'number' ? { weight: options } : options
    if (!(weight >= 0 && weight < Infinity)) {
      throw new TrainingError(
        'INVALID_OPTION',
        `log: expected a weight of at least 0 for "${name}", received ${weight}. Leave it out for the batch's samples.`,
      )
    }
    this.#sink?.add(name, value, weight, mode)
  }

  /** Connects `log` to a run; called by the Trainer before each step. */
  connect(sink: LogSink | undefined, weight: number): void {
    this.#sink = sink
    this.#weight = weight
  }
}

function missing(module: object, step: string, ..._unused: unknown[]): never {
  throw new TrainingError(
    'NOT_SUPPORTED',
    `${module.constructor.name}: expected ${step}() to be written, received a call of the one it inherits. ` +
      `Write ${step}(batch, context), or give the Trainer no data for it.`,
  )
}
