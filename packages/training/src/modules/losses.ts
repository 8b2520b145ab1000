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

/** A classifier's loss: how it is computed, and what its outputs mean as scores. */
export interface ClassifierLoss {
  /** What a batch's sum is divided by: its samples, or its labels' weights together; in double precision. */
  divisor(labels: ArrayLike<number>, options: LossOptions): number
  /**
   * Outputs `[batch, classes]` and classes `[batch]`, int32, to the loss: the sum over the batch divided by `divisor`,
   * and 0 where that is 0.
   */
  compute(outputs: Tensor2D, labels: Tensor1D, options: LossOptions, divisor: number): Scalar
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
    compute(outputs, labels, { labelSmoothing, classWeights }, divisor) {
      const each = softmaxCrossEntropy(outputs, labels, {
        ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
        ...(classWeights === undefined ? {} : { classWeights }),
      })
      if (classWeights === undefined) return mean(each)
      // Where labels are smoothed, a class of weight 0 still has the other classes' share of its target.
      const counted =
        labelSmoothing && classWeights.includes(0)
          ? mul(each, gather(classWeights.map(Math.sign), labels))
          : each
      return weightedMean(counted, divisor)
    },
    scores: (outputs) => softmax(outputs),
  },
  /** Negative log likelihood of log-probabilities. */
  nll: {
    divisor: byWeight,
    compute(outputs, labels, { classWeights }, divisor) {
      const mask = cast(oneHot(labels, outputs.shape[1]), 'float32')
      const each = neg(sum(mul(outputs, mask), 1))
      if (classWeights === undefined) return mean(each)
      const weights = gather([...classWeights], labels)
      return weightedMean(mul(each, weights), divisor)
    },
    scores: (outputs) => exp(outputs),
  },
  /** Mean square over batch and classes, on targets +1 for the class and −1 for the others. */
  mse: {
    divisor: bySample,
    compute: (outputs, labels) => mean(square(sub(outputs, targets(labels, outputs, -1)))),
    scores: (outputs) => outputs,
  },
  /** Binary cross-entropy of each class's logit, over batch and classes. */
  bce: {
    divisor: bySample,
    compute(outputs, labels) {
      const wanted = targets(labels, outputs, 0)
      const soft = log1p(exp(neg(abs(outputs))))
      return mean(add(sub(relu(outputs), mul(outputs, wanted)), soft))
    },
    scores: (outputs) => sigmoid(outputs),
  },
  /** Huber's loss with δ = 1, over batch and classes, on targets +1 and −1. */
  huber: {
    divisor: bySample,
    compute(outputs, labels) {
      const distance = abs(sub(outputs, targets(labels, outputs, -1)))
      const near = minimum(distance, 1)
      return mean(add(mul(square(near), 0.5), sub(distance, near)))
    },
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
