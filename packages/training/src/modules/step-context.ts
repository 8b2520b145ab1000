import type { Batch } from '@ductus/data'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { StepLoss } from './step-loss.js'

/** Which pass a step belongs to. */
export type Stage = 'train' | 'validation' | 'test' | 'predict'

/** A batch as tensors. They live until the step ends. */
export interface TensorBatch {
  /** `[batch, ...]`, float32. */
  x: Tensor
  /** `[batch, ...]`, int32 for classes, float32 else. */
  y: Tensor
  /** Samples in the batch. */
  size: number
  /** Position in the epoch, from 0. */
  index: number
  /** The typed arrays that the tensors were made of. */
  source: Batch
}

/** What a module's own `step` is given: the context, and the means to learn. */
export interface ManualStepContext extends StepContext {
  /**
   * Computes a loss, and steps the named optimizer by its gradients with respect to the weights it trains. Where the
   * loss's divisor is 0, nothing is stepped.
   *
   * @returns the loss
   */
  minimize(optimizer: string, compute: () => StepLoss): Scalar
}

/** Where a step stands. All that is random in a step is a function of it. */
export interface StepContext {
  readonly stage: Stage
  /** True in `trainingStep` alone: dropout drops and batch norm learns. */
  readonly training: boolean
  readonly epoch: number
  /** Optimizer steps done before this one. */
  readonly step: number
  /** Position in the group whose gradients are accumulated, from 0. */
  readonly micro: number
  readonly batchIndex: number
  readonly seed: number
}
