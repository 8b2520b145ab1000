import type { Tensor } from '@tensorflow/tfjs-core'

/** What a model made of a batch, as tensors that live until the step ends. */
export interface ScoredBatch {
  /** The model's outputs, `[samples, classes]`, or `[samples, steps, classes]` of lines. */
  outputs: Tensor
  /** What the outputs mean by the loss, of the same shape. */
  scores: Tensor
  /** What each sample adds to the sum that the loss divides, `[samples]`; without labels none. */
  losses?: Tensor
  /** What each sample adds to the loss's divisor. */
  divisors?: Float64Array
}
