import { DataError } from '../errors/data-error.js'
import type { DatasetRecipe } from '../workers/dataset-recipe.js'
import { shareArray } from '../workers/share-array.js'
import { sizeOf, type Dataset } from './dataset.js'

/** Numbers that an {@link ArrayDataset} reads from. */
export type NumberArray = Uint8Array | Int32Array | Float32Array

export interface ArrayDatasetOptions {
  /** All samples' inputs, one after the other. */
  x: NumberArray
  /** Shape of one input, such as `[28, 28, 1]`. */
  xShape: readonly number[]
  /** All samples' targets, one after the other. */
  y: NumberArray
  /** Shape of one target. Defaults to `[]`, a class. */
  yShape?: readonly number[]
  /** For bytes: the value that each of the 256 bytes stands for. Defaults to byte / 255. */
  lookup?: Float32Array
}

/** Serves samples from arrays in memory; bytes become floats by a table as a batch is filled. */
export class ArrayDataset implements Dataset {
  readonly length: number
  readonly xShape: readonly number[]
  readonly yShape: readonly number[]
  readonly yDtype: 'int32' | 'float32'
  readonly overwrites = true
  readonly lookup: Float32Array
  #x: NumberArray
  #y: NumberArray
  readonly #xSize: number
  readonly #ySize: number

  constructor(options: ArrayDatasetOptions) {
    this.#x = options.x
    this.#y = options.y
    this.xShape = [...options.xShape]
    this.yShape = [...(options.yShape ?? [])]
    this.yDtype = options.y instanceof Float32Array ? 'float32' : 'int32'
    this.lookup = options.lookup ?? byteTable()
    this.#xSize = sizeOf(this.xShape)
    this.#ySize = sizeOf(this.yShape)
    this.length = this.y.length / this.#ySize
    if (!Number.isInteger(this.length) || this.x.length !== this.length * this.#xSize) {
      throw new DataError(
        'invalid-options',
        `ArrayDataset: expected as many inputs as targets, received ${this.x.length} input values ` +
          `(${this.#xSize} a sample) and ${this.y.length} target values (${this.#ySize} a sample). ` +
          'Give arrays whose lengths are count × size of one sample.',
      )
    }
  }

  /** All samples' inputs, one after the other. */
  get x(): NumberArray {
    return this.#x
  }

  /** All samples' targets, one after the other. */
  get y(): NumberArray {
    return this.#y
  }

  fill(indices: ArrayLike<number>, x: Float32Array, y: Int32Array | Float32Array): void {
    if (this.#x instanceof Uint8Array) this.#fillBytes(this.#x, indices, x)
    else copyRows(this.#x, this.#xSize, indices, x)
    copyRows(this.#y, this.#ySize, indices, y)
  }

  /** Moves the arrays to shared memory, once, and says how a worker serves from there. */
  recipe(): DatasetRecipe {
    this.#x = shareArray(this.#x)
    this.#y = shareArray(this.#y)
    const { xShape, yShape, lookup } = this
    return {
      exportName: 'arrayDataset',
      options: { x: this.#x, xShape, y: this.#y, yShape, lookup } satisfies ArrayDatasetOptions,
    }
  }

  #fillBytes(from: Uint8Array, indices: ArrayLike<number>, to: Float32Array): void {
    const size = this.#xSize
    const lookup = this.lookup
    let at = 0
    for (let i = 0; i < indices.length; i++) {
      const start = (indices[i] as number) * size
      const end = start + size
      for (let j = start; j < end; j++) to[at++] = lookup[from[j] as number] as number
    }
  }
}

/** Makes the table of what each byte stands for: (byte / scale − mean) / std. */
export function byteTable(scale = 255, mean = 0, std = 1): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => (byte / scale - mean) / std)
}

function copyRows(
  from: NumberArray,
  size: number,
  indices: ArrayLike<number>,
  to: Int32Array | Float32Array,
): void {
  let at = 0
  for (let i = 0; i < indices.length; i++) {
    const start = (indices[i] as number) * size
    for (let j = 0; j < size; j++) to[at++] = from[start + j] as number
  }
}
