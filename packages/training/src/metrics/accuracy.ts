/** Finds the class of each row of `[rows, classes]` scores: the first of the largest. */
export function argMaxRows(scores: ArrayLike<number>, classes: number): Int32Array<ArrayBuffer> {
  const rows = scores.length / classes
  const result = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const start = row * classes
    let best = 0
    for (let c = 1; c < classes; c++) if (scores[start + c]! > scores[start + best]!) best = c
    result[row] = best
  }
  return result
}

/** Computes the share of labels that equal the predicted class. */
export function accuracy(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) right++
  return labels.length === 0 ? NaN : right / labels.length
}
