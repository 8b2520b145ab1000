import type { Scalar } from '@tensorflow/tfjs-core'
import { TrainingError } from '../training-error.js'

/** A batch's loss with what it was divided by: `loss · divisor` is the batch's sum, and sums of batches can be added. */
export interface DividedLoss {
  /** The sum over the batch divided by `divisor`; 0 where that is 0. */
  loss: Scalar
  /**
   * What the sum was divided by, known on the host without reading a tensor: the samples, the sum of their weights, the
   * characters that count. At least 0; a batch with 0 counts nothing.
   */
  divisor: number
}

/**
 * What a step gives: a scalar, the mean over the batch's samples, or a loss with its divisor. Losses and gradients of
 * several batches are averaged as the sum over all of `loss · divisor`, divided by the sum of the divisors.
 */
export type StepLoss = Scalar | DividedLoss

/**
 * Spells out what a step gave: a scalar was divided by the batch's samples.
 *
 * @throws TrainingError `INVALID_OPTION` for a divisor that is below 0 or not finite
 */
export function dividedLoss(given: StepLoss, samples: number, step: string): DividedLoss {
  if (!('divisor' in given)) return { loss: given, divisor: samples }
  const { divisor } = given
  if (divisor >= 0 && Number.isFinite(divisor)) return given
  throw new TrainingError(
    'INVALID_OPTION',
    `${step}: expected a divisor of at least 0, received ${divisor}. ` +
      "Give what the batch's loss was divided by, such as the sum of its samples' weights.",
  )
}
