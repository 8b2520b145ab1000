import type { Tensor } from '@tensorflow/tfjs-core'
import { TrainingError } from '../training-error.js'

/**
 * Checks that a model's outputs are logits: `[batch, classes]`.
 *
 * @throws TrainingError `SHAPE_MISMATCH`, with what usually mends it
 */
export function assertLogits(logits: Tensor, batch: number, classes: number | undefined): void {
  const { shape } = logits
  if (shape.length === 2 && shape[0] === batch && (classes === undefined || shape[1] === classes)) {
    return
  }
  const expected = `[${batch}, ${classes ?? 'classes'}]`
  throw new TrainingError(
    'SHAPE_MISMATCH',
    `Classifier: expected logits ${expected}, received [${shape.join(', ')}]. ${fix(shape, classes)}`,
  )
}

function fix(shape: readonly number[], classes: number | undefined): string {
  if (shape.length > 2) {
    return (
      'Bring height and width down to 1 by strides or pooling and then flatten, ' +
      `or flatten and end in a dense layer of ${classes ?? 'as many units as there are classes'}.`
    )
  }
  return `End the model in a dense layer of ${classes ?? 'as many units as there are classes'} units.`
}
