import { cast, reshape } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import { checkLabels, readsAtOnce } from './check-labels.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import { runKernel } from './run-kernel.js'

export interface SoftmaxCrossEntropyOptions {
  /** Share of each target that is spread over all classes, 0 to 1. Defaults to 0. */
  labelSmoothing?: number
  /** A weight for each class. Defaults to 1 each. */
  classWeights?: readonly number[]
  /** Label of samples whose loss and gradient are 0. Defaults to −1. */
  ignoredLabel?: number
}

/**
 * Computes each sample's cross-entropy between logits and integer labels, as PyTorch's `cross_entropy` with
 * `reduction='none'`. Differentiable with respect to the logits.
 *
 * @param logits `[…, classes]`
 * @param labels `[…]`, class indices: whole numbers from 0 to classes − 1, or `ignoredLabel`. Checked on `native`, `wasm`
 *   and `cpu`; not on the others, which would have to wait for a device: there a label out of range has a target of
 *   nothing, and other types than int32 are truncated
 * @returns losses `[…]`; their mean is the usual loss
 * @throws BackendError `INVALID_ARGUMENT` when shapes, labels or options do not fit
 */
export function softmaxCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  options: SoftmaxCrossEntropyOptions = {},
): Tensor {
  const { labelSmoothing = 0, classWeights, ignoredLabel = -1 } = options
  const classes = logits.shape.at(-1) ?? 0
  check(logits, labels, classes, labelSmoothing, classWeights)
  ensureKernels()
  const rows = labels.size
  // Those of type int32 are checked by the kernels, which have them at hand.
  if (labels.dtype !== 'int32' && readsAtOnce()) {
    checkLabels(labels.dataSync<'float32'>(), classes, ignoredLabel)
  }
  const flat = floatTensor(logits)
  const indices = labels.dtype === 'int32' ? labels : cast(labels, 'int32')
  const losses = runKernel<Tensor>(
    'DuctusCrossEntropy',
    {
      logits: logits.rank === 2 ? flat : reshape(flat, [rows, classes]),
      labels: labels.rank === 1 ? indices : reshape(indices, [rows]),
    },
    { smoothing: labelSmoothing, weights: classWeights ?? null, ignoredLabel },
  )
  return labels.rank === 1 ? losses : reshape(losses, labels.shape)
}

function check(
  logits: Tensor,
  labels: Tensor,
  classes: number,
  smoothing: number,
  weights: readonly number[] | undefined,
): void {
  const expected = logits.shape.slice(0, -1)
  if (logits.rank < 1 || expected.join() !== labels.shape.join()) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `softmaxCrossEntropy: expected labels [${expected.join(', ')}] for logits ` +
        `[${logits.shape.join(', ')}], received [${labels.shape.join(', ')}]. ` +
        'Labels are class indices, one for each row of logits.',
    )
  }
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `softmaxCrossEntropy: expected labelSmoothing from 0 to 1, received ${smoothing}. 0.1 is usual.`,
    )
  }
  if (weights && weights.length !== classes) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `softmaxCrossEntropy: expected ${classes} classWeights, received ${weights.length}. ` +
        'Give one weight for each class.',
    )
  }
}
