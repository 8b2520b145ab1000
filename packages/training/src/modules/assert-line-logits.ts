import type { Tensor } from '@tensorflow/tfjs-core'
import type { LineLoss } from '../text/line-reader.js'
import { TrainingError } from '../training-error.js'

/** What a line's logits have to be. */
export interface ExpectedLineLogits {
  loss: LineLoss
  lines: number
  classes: number
  /** Positions of a label; absent where there are no labels. */
  maxLength?: number
}

/**
 * Checks that a model's outputs are logits of lines: `[lines, steps, classes]`, with a step a position for cross-entropy.
 *
 * @throws TrainingError `SHAPE_MISMATCH`, with what usually mends it
 */
export function assertLineLogits(
  { shape }: Tensor,
  { loss, lines, classes, maxLength }: ExpectedLineLogits,
): void {
  const byPosition = loss === 'cross_entropy' && maxLength !== undefined
  const [, steps] = shape
  const fits = shape.length === 3 && shape[0] === lines && shape[2] === classes
  if (fits && (!byPosition || steps === maxLength)) return
  throw new TrainingError(
    'SHAPE_MISMATCH',
    `LineRecognizer: expected logits [${lines}, ${byPosition ? maxLength : 'steps'}, ${classes}], ` +
      `received [${shape.join(', ')}]. ${fits ? lengthFix(steps!, maxLength!) : shapeFix(shape, classes)}`,
  )
}

function lengthFix(steps: number, maxLength: number): string {
  const bring =
    steps > maxLength
      ? `Set the model's limitOutputLength (--limit-output-length) to leave steps beyond ${maxLength} out`
      : `Use a smaller windowStride for ${maxLength} steps`
  return `Cross-entropy takes one step a character. ${bring}, or train with loss: "ctc".`
}

function shapeFix(shape: readonly number[], classes: number): string {
  return shape.length === 3
    ? `End the model in a dense layer of ${classes} units on each step.`
    : 'Train a model that reads lines, such as LineCNNSimple or LineCNN.'
}
