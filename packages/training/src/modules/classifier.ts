import {
  reshape,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { accuracy, argMaxRows } from '../metrics/accuracy.js'
import { ConfusionMatrix } from '../metrics/confusion-matrix.js'
import { createOptimizer, type OptimizerName } from '../optimizers/create-optimizer.js'
import type { OptimizerSetup } from '../optimizers/optimizer-setup.js'
import { oneCycle } from '../schedules/one-cycle.js'
import type { Schedule } from '../schedules/schedule.js'
import { assertLogits } from './assert-logits.js'
import { LitModule, type EvaluationReport } from './lit-module.js'
import { lossByName, type ClassifierLoss, type LossName } from './losses.js'
import { modelInfo } from './model-info.js'
import type { Stage, StepContext, TensorBatch } from './step-context.js'

/** Options of `Classifier`. */
export interface ClassifierOptions {
  /** Optimizer by name. Defaults to `Adam`. */
  optimizer?: OptimizerName
  /** Learning rate. Defaults to 1e-3. */
  lr?: number
  /** More options of the optimizer, such as `{ momentum: 0.9 }`. */
  optimizerOptions?: Readonly<Record<string, unknown>>
  /** Loss by name: `cross_entropy`, `nll`, `mse` (targets ±1), `bce` or `huber`. Defaults to `cross_entropy`. */
  loss?: LossName
  /** Share of the target spread over all classes, 0 to 1. Defaults to 0. */
  labelSmoothing?: number
  /** A weight a class. Defaults to 1 each. */
  classWeights?: readonly number[]
  /** Learning rate, and momentum, by step; see `oneCycle` and its like. Defaults to `lr`, constant. */
  schedule?: Schedule
  /** What the schedule counts: optimizer steps, or epochs. Defaults to `step`. */
  scheduleInterval?: 'step' | 'epoch'
  /** Follows `oneCycle` to this rate, as the lab's `--one_cycle_max_lr`. Defaults to no schedule. */
  oneCycleMaxLr?: number
  /** Steps (or epochs) of that cycle. Defaults to 100. */
  oneCycleTotalSteps?: number
}

/**
 * Trains a model whose outputs are logits `[batch, classes]`, by cross-entropy unless another loss is named; logs loss and accuracy, and counts a
 * confusion matrix in validation and test.
 *
 * @throws TrainingError `SHAPE_MISMATCH` in the first step when the outputs are no logits
 * @example
 * await trainer.fit(new Classifier(model, { optimizer: 'SGD', lr: 0.1 }), data)
 */
export class Classifier extends LitModule {
  readonly model: LayersModel
  readonly options: Readonly<ClassifierOptions>
  readonly #classes: number | undefined
  readonly #loss: ClassifierLoss
  #confusion: ConfusionMatrix | undefined

  constructor(model: LayersModel, options: ClassifierOptions = {}) {
    super({ model })
    this.model = model
    this.options = options
    this.#classes = modelInfo(model)?.config?.mapping?.length
    this.#loss = lossByName(options.loss ?? 'cross_entropy')
    // Built once here so that a wrong name or value fails before any data is read.
    createOptimizer(options.optimizer ?? 'Adam', this.#optimizerOptions())
  }

  override trainingStep(batch: TensorBatch, context: StepContext): Scalar {
    return this.#step('train', batch, context)
  }

  override validationStep(batch: TensorBatch, context: StepContext): Scalar {
    return this.#step('validation', batch, context)
  }

  override testStep(batch: TensorBatch, context: StepContext): Scalar {
    return this.#step('test', batch, context)
  }

  /** Computes scores `[batch, classes]`: probabilities, except for `mse` and `huber`, whose outputs stay as they are. */
  override predictStep(batch: TensorBatch, context: StepContext): Tensor {
    return this.#loss.scores(this.#logits(batch, context))
  }

  override configureOptimizers(): OptimizerSetup {
    const optimizer = createOptimizer(this.options.optimizer ?? 'Adam', this.#optimizerOptions())
    const { oneCycleMaxLr: maxLr, oneCycleTotalSteps: totalSteps = 100 } = this.options
    const schedule = maxLr === undefined ? this.options.schedule : oneCycle({ maxLr, totalSteps })
    return schedule
      ? { optimizer, schedule, interval: this.options.scheduleInterval ?? 'step' }
      : optimizer
  }

  override hparams(): Record<string, unknown> {
    const {
      loss = 'cross_entropy',
      optimizer = 'Adam',
      lr = 1e-3,
      schedule,
      ...rest
    } = this.options
    const named = schedule ? { schedule: schedule.name || 'custom' } : {}
    return { loss, optimizer, lr, ...rest, ...named }
  }

  override onEvaluationStart(_stage: Stage): void {
    this.#confusion = undefined
  }

  override evaluationReport(_stage: Stage): EvaluationReport {
    return this.#confusion ? { confusion: this.#confusion.rows() } : {}
  }

  override state(): unknown {
    return this.#confusion && { confusion: this.#confusion.rows() }
  }

  override restore(state: unknown): void {
    const rows = (state as { confusion?: number[][] } | undefined)?.confusion
    this.#confusion = rows && ConfusionMatrix.from(rows)
  }

  #optimizerOptions(): Record<string, unknown> {
    return { lr: this.options.lr ?? 1e-3, ...this.options.optimizerOptions }
  }

  #step(stage: 'train' | 'validation' | 'test', batch: TensorBatch, context: StepContext): Scalar {
    const logits = this.#logits(batch, context)
    const labels = batch.y.rank === 1 ? batch.y : reshape(batch.y, [batch.size])
    const loss = this.#loss.compute(logits, labels as Tensor1D, this.options)
    this.#logAccuracy(stage, logits, batch)
    return loss
  }

  #logAccuracy(stage: Stage, logits: Tensor2D, batch: TensorBatch): void {
    const classes = logits.shape[1]
    const labels = batch.source.y
    this.log(`${stage}/acc`, {
      tensor: logits,
      read: (values) => {
        const predicted = argMaxRows(values, classes)
        if (stage !== 'train') {
          this.#confusion ??= new ConfusionMatrix(classes)
          this.#confusion.add(predicted, labels)
        }
        return accuracy(predicted, labels)
      },
    })
  }

  #logits(batch: TensorBatch, context: StepContext): Tensor2D {
    const logits = this.forward(batch.x, context)
    assertLogits(logits, batch.size, this.#classes)
    return logits as Tensor2D
  }
}
