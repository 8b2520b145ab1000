/**
 * Averages each value with those before it, `window` at most and from the first on (as pandas' `rolling(window,
 * min_periods=1).mean()`). What is no number is left out of the mean; the mean of none is NaN.
 */
export function rollingMean(values: ArrayLike<number>, window = 10): Float64Array {
  const means = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    let sum = 0
    let count = 0
    for (let k = Math.max(0, i - window + 1); k <= i; k++) {
      const value = values[k] ?? Number.NaN
      if (!Number.isFinite(value)) continue
      sum += value
      count++
    }
    means[i] = count === 0 ? Number.NaN : sum / count
  }
  return means
}
