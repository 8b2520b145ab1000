import { softmax, sum, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { TrainerContext } from '../callbacks/trainer-context.js'
import type { DeclaredMetrics } from '../metrics/metric-mode.js'
import { scoreLines, type LinePair, type LineScore } from '../metrics/score-lines.js'
import type { HostValues } from '../metrics/step-log.js'
import type { OptimizerSetup } from '../optimizers/optimizer-setup.js'
import { LineReader, type LineLoss, type LineReading } from '../text/line-reader.js'
import { TrainingError } from '../training-error.js'
import { assertLabels } from './assert-labels.js'
import { assertLineLogits } from './assert-line-logits.js'
import { learningHparams, optimizerSetup } from './learning-options.js'
import { LineLabels } from './line-labels.js'
import {
  lineCrossEntropies,
  lineCrossEntropy,
  lineCtcLoss,
  lineCtcLosses,
  type LineCrossEntropyOptions,
} from './line-losses.js'
import { checkPadding, type LineRecognizerOptions } from './line-recognizer-options.js'
import { LitModule, type EvaluationReport } from './lit-module.js'
import type { ScoreKind } from './losses.js'
import { modelInfo } from './model-info.js'
import { pitchWarning } from './pitch-warning.js'
import type { ScoredBatch } from './scored-batch.js'
import type { Stage, StepContext, TensorBatch } from './step-context.js'
import type { DividedLoss } from './step-loss.js'

/** Lines of a pass that its report quotes. */
const quoted = 10

/**
 * Trains a model that reads lines of text: outputs `[lines, steps, classes]`, labels `[lines, maxLength]` padded by
 * `<P>`. Logs `loss`; `cer`, edits over the references' characters; and `acc`, the share of characters read right: of a
 * label's positions with cross-entropy, of the characters that an alignment of least edits keeps with CTC.
 *
 * With `countPadding` it logs `acc_always_padding` too: what a network would get that says `<P>` everywhere.
 *
 * @throws TrainingError `SHAPE_MISMATCH` in the first step where outputs and labels do not fit, and `INVALID_LABEL` for a
 *   label that is no class of the mapping
 * @example
 * await trainer.fit(new LineRecognizer(LineCNN(data.config()), { loss: 'ctc' }), data)
 */
export class LineRecognizer extends LitModule {
  readonly model: LayersModel
  readonly options: Readonly<LineRecognizerOptions>
  /** Reads the model's outputs. */
  readonly reader: LineReader
  readonly #loss: LineLoss
  readonly #countPadding: boolean
  #readings: LinePair[] = []
  #saidBaseline = false

  constructor(model: LayersModel, options: LineRecognizerOptions = {}) {
    super({ model })
    const { loss = 'cross_entropy', countPadding = false, beamWidth = 1 } = options
    const mapping = options.mapping ?? modelInfo(model)?.config?.mapping
    if (!mapping) {
      throw new TrainingError(
        'INVALID_OPTION',
        'LineRecognizer: expected a mapping, received none. Give { mapping }, or a model of @ductus/models.',
      )
    }
    checkPadding(loss, countPadding)
    this.model = model
    this.options = options
    this.reader = new LineReader({ mapping, loss, beamWidth })
    this.#loss = loss
    this.#countPadding = countPadding
    // Built once here so that a wrong name or value fails before any data is read.
    optimizerSetup(options)
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

  /** Computes probabilities `[lines, steps, classes]`; `readings` makes text of them. */
  override predictStep(batch: TensorBatch, context: StepContext): Tensor {
    const logits = this.forward(batch.x, context)
    const classes = this.reader.mapping.length
    assertLineLogits(logits, { loss: this.#loss, lines: batch.size, classes })
    return softmax(logits)
  }

  override get scoreKind(): ScoreKind {
    return 'probability'
  }

  /** Computes what the model makes of lines: see `scoreSamples`, which reads the tensors. */
  scoreStep(batch: TensorBatch, context: StepContext): ScoredBatch {
    const outputs = this.forward(batch.x, context) as Tensor3D
    const classes = this.reader.mapping.length
    const scored = { outputs, scores: softmax(outputs) }
    if (batch.source.y.length === 0) {
      assertLineLogits(outputs, { loss: this.#loss, lines: batch.size, classes })
      return scored
    }
    assertLabels(batch, classes, 'LineRecognizer', context.stage)
    const labels = new LineLabels(batch.source, this.reader.mapping)
    const { lines, maxLength } = labels
    assertLineLogits(outputs, { loss: this.#loss, lines, classes, maxLength })
    if (this.#loss === 'ctc') {
      const losses = lineCtcLosses(outputs, labels, this.#ctcOptions())
      return { ...scored, losses, divisors: new Float64Array(lines).fill(1) }
    }
    const losses = lineCrossEntropies(outputs, batch.y, labels, this.#crossEntropyOptions())
    const divisors = labels.counted(this.#countPadding)
    return { ...scored, losses: sum(losses, 1), divisors }
  }

  /** Reads probabilities that `predictStep` or `Trainer.predict` gave: text, and each character's confidence and place. */
  override readings(predictions: {
    values: Float32Array
    shape: readonly number[]
  }): LineReading[] {
    return this.reader.readAll(predictions)
  }

  override configureOptimizers(): OptimizerSetup {
    return optimizerSetup(this.options)
  }

  override declaredMetrics(): DeclaredMetrics {
    const stages = ['train', 'validation']
    const each = stages.flatMap((stage) => [
      [`${stage}/loss`, 'min'],
      [`${stage}/cer`, 'min'],
      [`${stage}/acc`, 'max'],
    ])
    const baseline = this.#countPadding ? [['validation/acc_always_padding', 'max']] : []
    return Object.fromEntries([...each, ...baseline]) as DeclaredMetrics
  }

  override hparams(): Record<string, unknown> {
    const { mapping, ...options } = this.options
    return {
      // The model's own mapping is in its config.
      ...(mapping && { mapping }),
      loss: this.#loss,
      countPadding: this.#countPadding,
      beamWidth: this.reader.beamWidth,
      ...learningHparams(options),
    }
  }

  override onFitStart({ reporter }: TrainerContext): void {
    const warning = this.#loss === 'cross_entropy' && pitchWarning(modelInfo(this.model)?.config)
    if (warning) reporter.warn(warning)
  }

  override onEvaluationStart(_stage: Stage): void {
    this.#readings = []
  }

  override onEvaluationEnd(stage: Stage, { reporter, fresh }: TrainerContext): void {
    const baseline = fresh[`${stage}/acc_always_padding`]
    if (baseline === undefined || (stage === 'validation' && this.#saidBaseline)) return
    this.#saidBaseline = true
    const share = (100 * baseline).toFixed(1)
    reporter.info(
      `Padding counts: a network that says <P> everywhere gets ${stage}/acc ${share} %.`,
    )
  }

  /** Gives what was read in the first lines of the pass: `readings`, each with its reference. */
  override evaluationReport(_stage: Stage): EvaluationReport {
    return this.#readings.length > 0 ? { readings: [...this.#readings] } : {}
  }

  #step(
    stage: 'train' | 'validation' | 'test',
    batch: TensorBatch,
    context: StepContext,
  ): DividedLoss {
    const { mapping } = this.reader
    const labels = new LineLabels(batch.source, mapping)
    const logits = this.forward(batch.x, context) as Tensor3D
    const { lines, maxLength } = labels
    assertLineLogits(logits, { loss: this.#loss, lines, classes: mapping.length, maxLength })
    assertLabels(batch, mapping.length, 'LineRecognizer', stage)
    this.#logScores(stage, logits, labels)
    if (this.#loss === 'ctc') {
      return lineCtcLoss(logits, labels, this.#ctcOptions())
    }
    return lineCrossEntropy(logits, batch.y, labels, this.#crossEntropyOptions())
  }

  #ctcOptions(): { blank: number; zeroInfinity: boolean } {
    return { blank: this.reader.blank, zeroInfinity: this.options.zeroInfinity ?? false }
  }

  #crossEntropyOptions(): LineCrossEntropyOptions {
    return {
      countPadding: this.#countPadding,
      labelSmoothing: this.options.labelSmoothing ?? 0,
    }
  }

  #logScores(stage: Stage, logits: Tensor3D, labels: LineLabels): void {
    const positions = labels.lines * labels.maxLength
    // Edits of a batch without any character count too: against next to nothing.
    const characters = Math.max(labels.characterCount, 2 ** -30)
    const byPosition = this.#countPadding ? positions : positions - labels.padded
    const counted = this.#loss === 'ctc' ? labels.characterCount : byPosition
    // Both metrics come of one reading.
    let score: LineScore | undefined
    const scoreOf = (values: HostValues): LineScore =>
      (score ??= this.#score(stage, values, labels))
    const cer = (values: HostValues): number => scoreOf(values).edits / characters
    const acc = (values: HostValues): number => scoreOf(values).right / Math.max(1, counted)
    this.log(`${stage}/cer`, { tensor: logits, read: cer }, characters)
    this.log(`${stage}/acc`, { tensor: logits, read: acc }, counted)
    if (this.#countPadding && stage !== 'train') {
      this.log(`${stage}/acc_always_padding`, labels.padded / positions, positions)
    }
  }

  #score(stage: Stage, values: HostValues, labels: LineLabels): LineScore {
    const countPadding = this.#countPadding
    // A beam search takes longer than a training step should.
    const beamWidth = stage === 'train' ? 1 : this.reader.beamWidth
    const score = scoreLines(values, labels, this.reader, { beamWidth, countPadding })
    if (stage !== 'train') {
      this.#readings.push(...score.readings.slice(0, quoted - this.#readings.length))
    }
    return score
  }
}
