import { TrainingError } from '../training-error.js'

/** Scores of one line's steps, `[steps, classes]` in a row: logits, or log-probabilities, which are logits too. */
export type LineScores = Float32Array | Float64Array | readonly number[]

/** Normalises each step's logits in the logarithm: `[steps, classes]`. */
export function logProbabilities(where: string, scores: LineScores, classes: number): Float64Array {
  if (!(classes >= 1) || scores.length % classes !== 0) {
    throw new TrainingError(
      'SHAPE_MISMATCH',
      `${where}: expected scores [steps, classes] of ${classes} classes, received ${scores.length} numbers. ` +
        "Give one line's scores and the number of its classes.",
    )
  }
  const result = Float64Array.from(scores)
  for (let from = 0; from < result.length; from += classes) {
    const row = result.subarray(from, from + classes)
    let greatest = -Infinity
    for (const value of row) greatest = Math.max(greatest, value)
    let sum = 0
    for (const value of row) sum += Math.exp(value - greatest)
    const normalizer = greatest + Math.log(sum)
    for (let c = 0; c < classes; c++) row[c]! -= normalizer
  }
  return result
}
