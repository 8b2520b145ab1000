/** How a validation's predictions relate to its classes. */
export interface ClassScores {
  samples: number
  right: number
  /** Samples of the commonest class. */
  commonest: number
  /** Samples that predictions of these classes would get right if they had nothing to do with the images. */
  byChance: number
  /** The one class that is predicted for every sample; null where there are more. */
  onlyPrediction: number | null
}

/** Sums counts by true class (rows) and predicted class (columns) up. */
export function classScores(counts: readonly (readonly number[])[]): ClassScores {
  const rows = counts.map((row) => total(row))
  const columns = counts.map((_, column) => total(counts.map((row) => row[column] ?? 0)))
  const samples = total(rows)
  const predicted = columns.flatMap((count, column) => (count > 0 ? [column] : []))
  return {
    samples,
    right: total(counts.map((row, i) => row[i] ?? 0)),
    commonest: Math.max(0, ...rows),
    byChance: total(rows.map((count, i) => (count * columns[i]!) / Math.max(1, samples))),
    onlyPrediction: predicted.length === 1 ? predicted[0]! : null,
  }
}

/** Whether enough samples are of other classes than the commonest to judge by. */
export function canJudge({ samples, commonest }: ClassScores): boolean {
  return samples - commonest >= 10
}

/** Whether the predictions follow the classes well beyond what an untrained network gets: Cohen's kappa of 0.2. */
export function tellsApart({ samples, right, byChance }: ClassScores): boolean {
  return samples > 0 && right - byChance >= 0.2 * (samples - byChance)
}

/**
 * Whether the accuracy is not above the commonest class's share, beyond what chance explains, and the samples are
 * enough to say so: of few samples, or where the predictions relate to the classes all the same, it is not.
 */
export function isAtChance(scores: ClassScores): boolean {
  const { samples, right, commonest, byChance } = scores
  const deviation = (expected: number): number => Math.sqrt(expected * (1 - expected / samples))
  const above = right - byChance
  return (
    canJudge(scores) &&
    right <= commonest + 2 * deviation(commonest) &&
    above <= 3 * deviation(byChance) &&
    above + 2 * deviation(byChance) < 0.2 * (samples - byChance)
  )
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
