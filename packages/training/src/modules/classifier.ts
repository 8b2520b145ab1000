import { cast, reshape, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { z } from 'zod'
import { count, type StateSchema } from '../files/state-schema.js'
import { accuracy, argMaxRows } from '../metrics/accuracy.js'
import { ConfusionCounts } from '../metrics/confusion-counts.js'
import type { DeclaredMetrics } from '../metrics/metric-mode.js'
import type { OptimizerSetup } from '../optimizers/optimizer-setup.js'
import { assertLabels } from './assert-labels.js'
import { assertLogits } from './assert-logits.js'
import { learningHparams, optimizerSetup, type LearningOptions } from './learning-options.js'
import { LitModule, type EvaluationReport } from './lit-module.js'
import {
  assertLossOptions,
  lossByName,
  type ClassifierLoss,
  type LossName,
  type ScoreKind,
} from './losses.js'
import { modelInfo } from './model-info.js'
import type { ScoredBatch } from './scored-batch.js'
import type { Stage, StepContext, TensorBatch } from './step-context.js'
import type { DividedLoss } from './step-loss.js'

/** Options of `Classifier`. */
export interface ClassifierOptions extends LearningOptions {
  /** Loss by name: `cross_entropy`, `nll`, `mse` (targets ±1), `bce` or `huber`. Defaults to `cross_entropy`. */
  loss?: LossName
  /** Share of the target spread over all classes, 0 to 1. Defaults to 0. */
  labelSmoothing?: number
  /**
   * A weight a class, for `cross_entropy` and `nll`: the loss is divided by the sum of the labels' weights. Samples of a
   * class with weight 0 count nothing. Defaults to 1 each.
   */
  classWeights?: readonly number[]
}

/**
 * Trains a model whose outputs are logits `[batch, classes]`, by cross-entropy unless another loss is named; logs loss and accuracy, and counts a
 * confusion matrix in validation and test.
 *
 * @throws TrainingError `SHAPE_MISMATCH` in the first step when the outputs are no logits, and `INVALID_LABEL` for a label
 *   that is no class, in training, validation and test
 * @example
 * await trainer.fit(new Classifier(model, { optimizer: 'SGD', lr: 0.1 }), data)
 */
export class Classifier extends LitModule {
  readonly model: LayersModel
  readonly options: Readonly<ClassifierOptions>
  override readonly stateSchema: StateSchema = z
    .object({
      confusion: z
        .array(z.array(count))
        .refine((rows) => this.#fits(rows), 'expected a count for each pair of classes'),
    })
    .optional()
  readonly #classes: number | undefined
  readonly #loss: ClassifierLoss
  #confusion: ConfusionCounts | undefined

  constructor(model: LayersModel, options: ClassifierOptions = {}) {
    super({ model })
    this.model = model
    this.options = options
    this.#classes = modelInfo(model)?.config?.mapping?.length
    this.#loss = lossByName(options.loss ?? 'cross_entropy')
    // Built once here so that a wrong name or value fails before any data is read.
    optimizerSetup(options)
    assertLossOptions('Classifier', options, this.#classes)
  }

  override trainingStep(batch: TensorBatch, context: StepContext): DividedLoss {
    return this.#step('train', batch, context)
  }

  override validationStep(batch: TensorBatch, context: StepContext): DividedLoss {
    return this.#step('validation', batch, context)
  }

  override testStep(batch: TensorBatch, context: StepContext): DividedLoss {
    return this.#step('test', batch, context)
  }

  /** Computes scores `[batch, classes]`: probabilities, except for `mse` and `huber`, whose outputs stay as they are. */
  override predictStep(batch: TensorBatch, context: StepContext): Tensor {
    return this.#loss.scores(this.#logits(batch, context))
  }

  override get scoreKind(): ScoreKind {
    return this.#loss.scoreKind
  }

  /** Computes what the model makes of samples: see `scoreSamples`, which reads the tensors. */
  scoreStep(batch: TensorBatch, context: StepContext): ScoredBatch {
    const outputs = this.#logits(batch, context)
    const scores = this.#loss.scores(outputs)
    if (batch.source.y.length === 0) return { outputs, scores }
    assertLabels(batch, outputs.shape[1], 'Classifier', context.stage)
    return {
      outputs,
      scores,
      losses: this.#loss.each(outputs, labelsOf(batch), this.options),
      divisors: Float64Array.from(batch.source.y, (label) =>
        this.#loss.divisor([label], this.options),
      ),
    }
  }

  override configureOptimizers(): OptimizerSetup {
    return optimizerSetup(this.options)
  }

  override declaredMetrics(): DeclaredMetrics {
    const stages = ['train', 'validation']
    return Object.fromEntries(
      stages.flatMap((stage) => [
        [`${stage}/loss`, 'min'],
        [`${stage}/acc`, 'max'],
      ]),
    )
  }

  override hparams(): Record<string, unknown> {
    const { loss = 'cross_entropy', ...rest } = this.options
    return { loss, ...learningHparams(rest) }
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
    this.#confusion = rows && ConfusionCounts.from(rows)
  }

  #fits(rows: readonly (readonly number[])[]): boolean {
    const classes = this.#classes ?? rows.length
    return rows.length === classes && rows.every((row) => row.length === classes)
  }

  #step(
    stage: 'train' | 'validation' | 'test',
    batch: TensorBatch,
    context: StepContext,
  ): DividedLoss {
    const logits = this.#logits(batch, context)
    assertLabels(batch, logits.shape[1], 'Classifier', stage)
    const labels = labelsOf(batch)
    const divisor = this.#loss.divisor(batch.source.y, this.options)
    const loss = this.#loss.compute(logits, labels, this.options, divisor)
    this.#logAccuracy(stage, logits, batch)
    return { loss, divisor }
  }

  #logAccuracy(stage: Stage, logits: Tensor2D, batch: TensorBatch): void {
    const classes = logits.shape[1]
    const labels = batch.source.y
    this.log(`${stage}/acc`, {
      tensor: logits,
      read: (values) => {
        const predicted = argMaxRows(values, classes)
        if (stage !== 'train') {
          this.#confusion ??= new ConfusionCounts(classes)
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

/** The labels as `[batch]`, int32. */
function labelsOf({ y, size }: TensorBatch): Tensor1D {
  const flat = y.rank === 1 ? y : reshape(y, [size])
  return (flat.dtype === 'int32' ? flat : cast(flat, 'int32')) as Tensor1D
}
