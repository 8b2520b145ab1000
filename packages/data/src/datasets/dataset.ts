import type { DatasetRecipe } from '../workers/dataset-recipe.js'

/** Says which pass over the data a sample is drawn for, so that what is random about it can be keyed. */
export interface FillContext {
  seed: number
  epoch: number
}

/** Holds samples that can be written, any of them in any order, into the arrays of a batch. */
export interface Dataset {
  /** Number of samples. */
  readonly length: number
  /** Shape of one sample's input, `[height, width, channels]` for an image. */
  readonly xShape: readonly number[]
  /** Shape of one sample's target: `[]` for a class, `[length]` for a line. */
  readonly yShape: readonly number[]
  /** Number type of the targets. Defaults to `int32`. */
  readonly yDtype?: 'int32' | 'float32'
  /** Whether `fill` writes every value. Defaults to false: arrays that served before are set to zero first. */
  readonly overwrites?: boolean
  /**
   * Writes the samples of these indices one after the other into `x` and `y`. Unless the dataset says that it `overwrites`,
   * they are zero everywhere; `x` may lie in memory that threads share.
   */
  fill(
    indices: ArrayLike<number>,
    x: Float32Array,
    y: Int32Array | Float32Array,
    context: FillContext,
  ): void
  /**
   * Makes memory, shared between threads, for the inputs of so many samples, where `fill` writes fastest. Without it,
   * when it gives undefined, or where batches are the caller's to keep, arrays like any other are filled.
   */
  newInputs?(samples: number): Float32Array | undefined
  /**
   * Says how workers make it again; without it, or when it gives undefined, the main thread does the work. `fill` is
   * called in both: a reader that would have to wait for a worker makes batches too.
   */
  recipe?(): DatasetRecipe | undefined
}

/** Counts the values of a shape: the product of its sizes, 1 for `[]`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
