import { cast, max, mul, notEqual, range, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import type { CtcAttributes } from './ctc-kernels.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import { runKernel } from './run-kernel.js'

/** A length for each sequence of a batch. */
export type SequenceLengths = Tensor | Int32Array | readonly number[]

export interface CtcLossOptions {
  /** Steps of each sequence that count, `[batch]`; later ones get no gradient. Defaults to all steps. */
  inputLengths?: SequenceLengths
  /** Labels of each sequence, `[batch]`. Defaults to those before its trailing run of `paddingLabel`. */
  labelLengths?: SequenceLengths
  /** Class that stands for "nothing here", from 0. Defaults to 0. */
  blank?: number
  /** What fills `labels` up behind a sequence's own; counts only without `labelLengths`. Defaults to −1. */
  paddingLabel?: number
  /** Whether a sequence that its steps have no room for has loss 0 instead of Infinity. Defaults to false. */
  zeroInfinity?: boolean
}

/**
 * Computes each sequence's loss by connectionist temporal classification: −log of the probability that the steps spell
 * the labels, over all ways to do so, when repeats are merged and blanks dropped. Differentiable with respect to the
 * logits, exactly: softmax minus the posterior of each class at each step. In the logarithm and double precision.
 *
 * Labels need a step each, and one more between two that are equal. Where steps are too few, the loss is Infinity
 * (PyTorch's too) and the gradient 0 (PyTorch's is NaN unless `zero_infinity`): one such line spoils no weights.
 * A NaN among the logits makes that sequence's loss and gradient NaN.
 *
 * @param logits `[batch, steps, classes]`, not normalised
 * @param labels `[batch, maxLength]`, class indices other than the blank
 * @returns losses `[batch]`, in nats; not divided by the labels' count
 * @throws BackendError `INVALID_ARGUMENT` for shapes that do not fit, and for lengths and labels out of range
 * @see Graves et al. 2006, "Connectionist Temporal Classification"
 */
export function ctcLoss(logits: Tensor, labels: Tensor, options: CtcLossOptions = {}): Tensor1D {
  const { blank = 0, paddingLabel = -1, zeroInfinity = false } = options
  check(logits, labels, blank)
  const [batch, steps] = logits.shape as [number, number]
  ensureKernels()
  const attributes: CtcAttributes = { blank, zeroInfinity }
  return tidy(() => {
    const targets = labels.dtype === 'int32' ? labels : cast(labels, 'int32')
    const inputLengths = options.inputLengths ?? new Int32Array(batch).fill(steps)
    const [losses] = runKernel<Tensor[]>(
      'DuctusCtcLoss',
      {
        logits: floatTensor(logits),
        labels: targets,
        inputLengths: lengths('inputLengths', inputLengths, batch),
        labelLengths: options.labelLengths
          ? lengths('labelLengths', options.labelLengths, batch)
          : lengthsWithoutPadding(targets, paddingLabel),
      },
      attributes,
    )
    return losses as Tensor1D
  })
}

function lengths(name: string, given: SequenceLengths, batch: number): Tensor {
  const isTensor = 'dataId' in given
  const shape = isTensor ? given.shape : [given.length]
  if (shape.length !== 1 || shape[0] !== batch) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `ctcLoss: expected ${name} [${batch}], received [${shape.join(', ')}]. Give one for each sequence.`,
    )
  }
  if (!isTensor) return tensor1d(Int32Array.from(given), 'int32')
  return given.dtype === 'int32' ? given : cast(given, 'int32')
}

/** Counts each row's labels up to the last that is no padding. */
function lengthsWithoutPadding(labels: Tensor, paddingLabel: number): Tensor {
  const [batch, width] = labels.shape as [number, number]
  if (width === 0 || batch === 0) return zeros([batch], 'int32')
  const places = range(1, width + 1, 1, 'int32')
  return max(mul(cast(notEqual(labels, paddingLabel), 'int32'), places), 1)
}

function check(logits: Tensor, labels: Tensor, blank: number): void {
  if (logits.rank !== 3 || labels.rank !== 2 || logits.shape[0] !== labels.shape[0]) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      'ctcLoss: expected logits [batch, steps, classes] and labels [batch, maxLength], ' +
        `received [${logits.shape.join(', ')}] and [${labels.shape.join(', ')}]. Bring both to the same batch.`,
    )
  }
  const classes = logits.shape[2]!
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `ctcLoss: expected blank from 0 to ${classes - 1}, received ${blank}. It is a class of its own; 0 is usual.`,
    )
  }
}
