/** Sums up the values of an array. */
export interface ArrayStats {
  shape: number[]
  dtype: 'float32' | 'int32'
  min: number
  mean: number
  /** Deviation with n − 1 in the denominator, as PyTorch prints. */
  std: number
  max: number
}

/** Computes shape, number type, least, mean, deviation and greatest value. */
export function statsOf(values: Float32Array | Int32Array, shape: readonly number[]): ArrayStats {
  let [min, max, sum] = [Infinity, -Infinity, 0]
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
    sum += value
  }
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return {
    shape: [...shape],
    dtype: values instanceof Float32Array ? 'float32' : 'int32',
    min,
    mean,
    std: Math.sqrt(squares / Math.max(1, values.length - 1)),
    max,
  }
}
