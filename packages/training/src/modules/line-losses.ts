import { ctcLoss, softmaxCrossEntropy } from '@ductus/backend'
import {
  div,
  mean,
  sum,
  tensor1d,
  tensor2d,
  type Tensor,
  type Tensor3D,
} from '@tensorflow/tfjs-core'
import { TrainingError } from '../training-error.js'
import type { LineLabels } from './line-labels.js'
import type { DividedLoss } from './step-loss.js'

/** How the cross-entropy of lines counts. */
export interface LineCrossEntropyOptions {
  countPadding: boolean
  labelSmoothing: number
}

/**
 * Computes the mean cross-entropy of a batch's positions: of those that are no padding, as PyTorch's with
 * `ignore_index`, or of all. Its divisor is how many these are.
 *
 * @param positions `[lines, maxLength]`, int32
 */
export function lineCrossEntropy(
  logits: Tensor3D,
  positions: Tensor,
  labels: LineLabels,
  { countPadding, labelSmoothing }: LineCrossEntropyOptions,
): DividedLoss {
  const losses = lineCrossEntropies(logits, positions, labels, { countPadding, labelSmoothing })
  const all = labels.lines * labels.maxLength
  if (countPadding) return { loss: mean(losses), divisor: all }
  const divisor = all - labels.padded
  return { loss: div(sum(losses), Math.max(1, divisor)), divisor }
}

/** Computes the cross-entropy of each position, `[lines, maxLength]`; that of padding is 0, unless it counts. */
export function lineCrossEntropies(
  logits: Tensor3D,
  positions: Tensor,
  labels: LineLabels,
  { countPadding, labelSmoothing }: LineCrossEntropyOptions,
): Tensor {
  const ignoredLabel = countPadding ? -1 : labels.padding
  return softmaxCrossEntropy(logits, positions, { labelSmoothing, ignoredLabel })
}

/**
 * Computes the mean over lines of a line's CTC loss divided by its characters, as PyTorch's `mean` does. Its divisor is
 * the lines: those that have no room, or no characters, count too.
 *
 * @param blank class of CTC's blank
 * @param skip whether lines that their steps have no room for count as 0, rather than be an error
 * @throws TrainingError `SHAPE_MISMATCH` naming such a line
 */
export function lineCtcLoss(
  logits: Tensor3D,
  labels: LineLabels,
  options: { blank: number; zeroInfinity: boolean },
): DividedLoss {
  return { loss: mean(lineCtcLosses(logits, labels, options)), divisor: labels.lines }
}

/** Computes each line's CTC loss divided by its characters, `[lines]`. */
export function lineCtcLosses(
  logits: Tensor3D,
  labels: LineLabels,
  { blank, zeroInfinity }: { blank: number; zeroInfinity: boolean },
): Tensor {
  const { values, lengths } = labels.characters()
  if (!zeroInfinity) assertRoom(labels, values, lengths, logits.shape[1])
  const characters = tensor2d(values, [labels.lines, labels.maxLength], 'int32')
  const labelLengths = tensor1d(lengths, 'int32')
  const losses = ctcLoss(logits, characters, { labelLengths, blank, zeroInfinity })
  return div(losses, tensor1d(Float32Array.from(lengths, (length) => Math.max(1, length))))
}

/** A character takes a step, and one more after the same character. */
function assertRoom(
  labels: LineLabels,
  values: Int32Array,
  lengths: Int32Array,
  steps: number,
): void {
  for (let line = 0; line < labels.lines; line++) {
    const from = line * labels.maxLength
    let needed = lengths[line]!
    for (let i = 1; i < lengths[line]!; i++) {
      if (values[from + i] === values[from + i - 1]) needed++
    }
    if (needed <= steps) continue
    throw new TrainingError(
      'SHAPE_MISMATCH',
      `LineRecognizer: expected at least ${needed} steps to read "${labels.text(line)}" by CTC, received ${steps}. ` +
        'Use a smaller windowStride, or set zeroInfinity to leave such lines out.',
    )
  }
}
