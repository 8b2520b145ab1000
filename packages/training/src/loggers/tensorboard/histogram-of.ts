/** Counts of values in bins; `edges` has one more than `counts`. */
export interface Histogram {
  edges: number[]
  counts: Float64Array
  sum: number
  sumOfSquares: number
}

/**
 * Counts the finite values in equal bins from the least to the greatest. Values that are all the same make one bin without
 * width, as TensorBoard's own summaries have it; where no value is finite, that bin is empty and at 0.
 */
export function histogramOf(values: ArrayLike<number>, bins: number): Histogram {
  let [low, high, sum, sumOfSquares, finite] = [Infinity, -Infinity, 0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
    sum += value
    sumOfSquares += value * value
    finite++
  }
  if (finite === 0) [low, high] = [0, 0]
  // Everything is halved where the difference is too large for a number.
  const scale = Number.isFinite(high - low) ? 1 : 0.5
  const start = low * scale
  const width = (high * scale - start) / bins
  if (width === 0) return { edges: [low, high], counts: Float64Array.of(finite), sum, sumOfSquares }
  const counts = new Float64Array(bins)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) continue
    counts[Math.min(bins - 1, Math.floor((value * scale - start) / width))]!++
  }
  const edges = Array.from({ length: bins }, (_, i) => (start + i * width) / scale)
  return { edges: [...edges, high], counts, sum, sumOfSquares }
}
