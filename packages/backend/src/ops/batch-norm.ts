import { util } from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import { checkActivation } from './activation.js'
import type { Activation } from './activation.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import { runKernel } from './run-kernel.js'

export interface BatchNormOptions {
  /** Added before the activation, as a residual block does with its shortcut: of x's shape. Defaults to none. */
  residual?: Tensor
  /** Applied to the result. Defaults to `linear`. */
  activation?: Activation
}

export interface BatchNormResult {
  y: Tensor
  /** `[channels]`, of this batch. No gradient passes through it. */
  mean: Tensor1D
  /** `[channels]`, biased (divided by the count). No gradient passes through it. */
  variance: Tensor1D
}

/**
 * Normalises by the batch's own statistics, over all axes but the last:
 * `(x − mean) / √(variance + epsilon) · gamma + beta`. Differentiable with respect to x, gamma, beta and the residual.
 *
 * @param x `[…, channels]`
 * @param gamma `[channels]`
 * @param beta `[channels]`
 * @see Ioffe, Szegedy: Batch Normalization (2015), algorithm 1
 */
export function batchNormTrain(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
  { activation = 'linear', residual }: BatchNormOptions = {},
): BatchNormResult {
  checkActivation('batchNormTrain', activation)
  checkShapes('batchNormTrain', x, { gamma, beta })
  checkResidual('batchNormTrain', x, residual)
  ensureKernels()
  const [y, mean, variance, invStd] = runKernel<Tensor[]>(
    'DuctusBatchNormTrain',
    { x: floatTensor(x), gamma, beta, ...(residual && { residual: floatTensor(residual) }) },
    { epsilon, activation, joined: residual !== undefined },
  ) as [Tensor, Tensor1D, Tensor1D, Tensor1D]
  invStd.dispose()
  return { y, mean, variance }
}

/** Normalises by given statistics. Differentiable with respect to all tensors. */
export function batchNormInference(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
  { activation = 'linear', residual }: BatchNormOptions = {},
): Tensor {
  checkActivation('batchNormInference', activation)
  checkShapes('batchNormInference', x, { mean, variance, gamma, beta })
  checkResidual('batchNormInference', x, residual)
  ensureKernels()
  return runKernel<Tensor>(
    'DuctusBatchNormInference',
    {
      x: floatTensor(x),
      mean,
      variance,
      gamma,
      beta,
      ...(residual && { residual: floatTensor(residual) }),
    },
    { epsilon, activation },
  )
}

function checkShapes(op: string, x: Tensor, vectors: Record<string, Tensor>): void {
  const channels = x.shape.at(-1)
  for (const [name, vector] of Object.entries(vectors)) {
    if (x.rank > 0 && vector.rank === 1 && vector.shape[0] === channels) continue
    throw new BackendError(
      'INVALID_ARGUMENT',
      `${op}: expected ${name} [${channels}] for x [${x.shape.join(', ')}], ` +
        `received [${vector.shape.join(', ')}]. Give one number for each channel.`,
    )
  }
}

function checkResidual(op: string, x: Tensor, residual: Tensor | undefined): void {
  if (!residual || util.arraysEqual(residual.shape, x.shape)) return
  throw new BackendError(
    'INVALID_ARGUMENT',
    `${op}: expected a residual of x's shape [${x.shape.join(', ')}], ` +
      `received [${residual.shape.join(', ')}]. Bring the shortcut into that shape first.`,
  )
}
