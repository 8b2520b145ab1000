import { softmaxCrossEntropy } from '@ductus/backend'
import {
  abs,
  add,
  cast,
  div,
  exp,
  gather,
  log1p,
  mean,
  minimum,
  mul,
  neg,
  oneHot,
  relu,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import { suggestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'

/** What a loss may be told. */
export interface LossOptions {
  /** Share of the target spread over all classes; cross-entropy alone. */
  labelSmoothing?: number
  /** A weight a class; cross-entropy and NLL. */
  classWeights?: readonly number[]
}

/**
 * What a score is: a `probability`, those of all classes adding up to 1; a `class-probability`, each class judged by
 * itself; or a plain `score`, which is no probability.
 */
export type ScoreKind = 'probability' | 'class-probability' | 'score'

/** A classifier's loss: how it is computed, and what its outputs mean as scores. */
export interface ClassifierLoss {
  /** What a batch's sum is divided by: its samples, or its labels' weights together; in double precision. */
  divisor(labels: ArrayLike<number>, options: LossOptions): number
  /**
   * Outputs `[batch, classes]` and classes `[batch]`, int32, to the loss: the sum over the batch divided by `divisor`,
   * and 0 where that is 0.
   */
  compute(outputs: Tensor2D, labels: Tensor1D, options: LossOptions, divisor: number): Scalar
  /** Outputs and classes to what each sample adds to the sum that the loss divides, `[batch]`. */
  each(outputs: Tensor2D, labels: Tensor1D, options: LossOptions): Tensor
  /** What the scores are. */
  readonly scoreKind: ScoreKind
  /** Outputs to scores `[batch, classes]`. */
  scores(outputs: Tensor2D): Tensor
}

const targets = (labels: Tensor1D, outputs: Tensor2D, low: number): Tensor =>
  add(mul(cast(oneHot(labels, outputs.shape[1]), 'float32'), 1 - low), low)

const bySample = ({ length }: ArrayLike<number>): number => length

/** PyTorch divides by the weights of the labels that are there, not by the samples. */
function byWeight(labels: ArrayLike<number>, { classWeights }: LossOptions): number {
  if (classWeights === undefined) return labels.length
  let total = 0
  for (let i = 0; i < labels.length; i++) total += classWeights[labels[i]!]!
  return total
}

const losses = {
  /** Cross-entropy on logits; the mean over the batch, or PyTorch's weighted mean with class weights. */
  cross_entropy: {
    divisor: byWeight,
    compute(outputs, labels, options, divisor) {
      const each = crossEntropies(outputs, labels, options)
      return options.classWeights === undefined ? mean(each) : weightedMean(each, divisor)
    },
    each: crossEntropies,
    scoreKind: 'probability',
    scores: (outputs) => softmax(outputs),
  },
  /** Negative log likelihood of log-probabilities. */
  nll: {
    divisor: byWeight,
    compute(outputs, labels, options, divisor) {
      const each = negativeLogs(outputs, labels, options)
      return options.classWeights === undefined ? mean(each) : weightedMean(each, divisor)
    },
    each: negativeLogs,
    scoreKind: 'probability',
    scores: (outputs) => exp(outputs),
  },
  /** Mean square over batch and classes, on targets +1 for the class and −1 for the others. */
  mse: {
    divisor: bySample,
    compute: (outputs, labels) => mean(squares(outputs, labels)),
    each: (outputs, labels) => mean(squares(outputs, labels), 1),
    scoreKind: 'score',
    scores: (outputs) => outputs,
  },
  /** Binary cross-entropy of each class's logit, over batch and classes. */
  bce: {
    divisor: bySample,
    compute: (outputs, labels) => mean(binaryEntropies(outputs, labels)),
    each: (outputs, labels) => mean(binaryEntropies(outputs, labels), 1),
    scoreKind: 'class-probability',
    scores: (outputs) => sigmoid(outputs),
  },
  /** Huber's loss with δ = 1, over batch and classes, on targets +1 and −1. */
  huber: {
    divisor: bySample,
    compute: (outputs, labels) => mean(hubers(outputs, labels)),
    each: (outputs, labels) => mean(hubers(outputs, labels), 1),
    scoreKind: 'score',
    scores: (outputs) => outputs,
  },
} satisfies Record<string, ClassifierLoss>

/** The names by which losses are known. */
export type LossName = keyof typeof losses

/** All losses' names. */
export const lossNames = Object.keys(losses) as readonly LossName[]

/**
 * Finds a loss by name; dashes and underscores are one.
 *
 * @throws TrainingError `UNKNOWN_NAME` with the nearest name
 */
export function lossByName(name: LossName): ClassifierLoss {
  const wanted = String(name).toLowerCase().replaceAll('-', '_')
  const known = lossNames.find((each) => each === wanted)
  if (known) return losses[known]
  throw new TrainingError('UNKNOWN_NAME', `Unknown loss "${name}". ${suggestName(name, lossNames)}`)
}

function crossEntropies(
  outputs: Tensor2D,
  labels: Tensor1D,
  { labelSmoothing, classWeights }: LossOptions,
): Tensor {
  const each = softmaxCrossEntropy(outputs, labels, {
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    ...(classWeights === undefined ? {} : { classWeights }),
  })
  // Where labels are smoothed, a class of weight 0 still has the other classes' share of its target.
  return labelSmoothing && classWeights?.includes(0)
    ? mul(each, gather(classWeights.map(Math.sign), labels))
    : each
}

function negativeLogs(outputs: Tensor2D, labels: Tensor1D, { classWeights }: LossOptions): Tensor {
  const mask = cast(oneHot(labels, outputs.shape[1]), 'float32')
  const each = neg(sum(mul(outputs, mask), 1))
  return classWeights === undefined ? each : mul(each, gather([...classWeights], labels))
}

function squares(outputs: Tensor2D, labels: Tensor1D): Tensor {
  return square(sub(outputs, targets(labels, outputs, -1)))
}

function binaryEntropies(outputs: Tensor2D, labels: Tensor1D): Tensor {
  const wanted = targets(labels, outputs, 0)
  const soft = log1p(exp(neg(abs(outputs))))
  return add(sub(relu(outputs), mul(outputs, wanted)), soft)
}

function hubers(outputs: Tensor2D, labels: Tensor1D): Tensor {
  const distance = abs(sub(outputs, targets(labels, outputs, -1)))
  const near = minimum(distance, 1)
  return add(mul(square(near), 0.5), sub(distance, near))
}

/** Where all weights are 0 so is the sum, and the mean is 0 and not 0 / 0. */
function weightedMean(each: Tensor, divisor: number): Scalar {
  return div(sum(each), divisor || 1)
}

/**
 * Checks what a loss is told, before any data is read.
 *
 * @param classes number of classes, where it is known
 * @throws TrainingError `INVALID_OPTION`
 */
export function assertLossOptions(
  where: string,
  { labelSmoothing = 0, classWeights }: LossOptions,
  classes?: number,
): void {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new TrainingError(
      'INVALID_OPTION',
      `${where}: expected labelSmoothing from 0 to 1, received ${labelSmoothing}. The default is 0.`,
    )
  }
  if (classWeights === undefined) return
  const fits = classes === undefined || classWeights.length === classes
  if (fits && classWeights.every((weight) => weight >= 0 && Number.isFinite(weight))) return
  throw new TrainingError(
    'INVALID_OPTION',
    `${where}: expected classWeights of ${classes ?? 'as many numbers as classes'}, each at least 0, received ` +
      `[${classWeights.join(', ')}]. Leave it out for 1 each.`,
  )
}
