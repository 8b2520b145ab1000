import { TrainingError } from '../training-error.js'

/** Scores of one line's steps, `[steps, classes]` in a row: logits, or log-probabilities, which are logits too. */
export type LineScores = Float32Array | Float64Array | readonly number[]

/** Refuses scores that rank nothing: NaN and +Infinity. A probability of 0 is -Infinity in the logarithm, and fine. */
export function checkScores(where: string, scores: LineScores, classes: number): void {
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!
    if (score < Infinity) continue
    throw new TrainingError(
      'NON_FINITE_SCORES',
      `${where}: expected scores that can be ranked, received ${score} in step ${Math.floor(i / classes)}. ` +
        'Take a checkpoint of a run that did not diverge.',
    )
  }
}

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
