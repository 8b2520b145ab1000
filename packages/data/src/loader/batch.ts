/** Holds some samples as the arrays and shapes that tensors are made of. */
export interface Batch {
  /** Inputs, `[size, ...]` row-major. */
  x: Float32Array
  /** Shape of `x`: `[size, height, width, channels]` for images. */
  xShape: number[]
  /** Targets, `[size, ...]` row-major. */
  y: Int32Array | Float32Array
  /** Shape of `y`: `[size]` for classes, `[size, length]` for lines. */
  yShape: number[]
  /** Number of samples. */
  size: number
}
