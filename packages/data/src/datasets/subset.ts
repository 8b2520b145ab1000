import type { DatasetRecipe } from '../workers/dataset-recipe.js'
import type { Dataset, FillContext } from './dataset.js'

/** Serves some samples of another dataset, in an order of its own; copies nothing. */
export class Subset implements Dataset {
  readonly dataset: Dataset
  readonly indices: Uint32Array
  readonly yDtype: 'int32' | 'float32'
  readonly overwrites: boolean

  constructor(dataset: Dataset, indices: ArrayLike<number>) {
    this.dataset = dataset
    this.indices = Uint32Array.from(indices)
    this.yDtype = dataset.yDtype ?? 'int32'
    this.overwrites = dataset.overwrites ?? false
    const beyond = this.indices.findIndex((index) => index >= dataset.length)
    if (beyond !== -1) {
      throw new RangeError(
        `Subset: expected indices below ${dataset.length}, received ${this.indices[beyond]}.`,
      )
    }
  }

  get length(): number {
    return this.indices.length
  }

  get xShape(): readonly number[] {
    return this.dataset.xShape
  }

  get yShape(): readonly number[] {
    return this.dataset.yShape
  }

  fill(
    indices: ArrayLike<number>,
    x: Float32Array,
    y: Int32Array | Float32Array,
    context: FillContext,
  ): void {
    const mapped = new Uint32Array(indices.length)
    for (let i = 0; i < mapped.length; i++) mapped[i] = this.indices[indices[i] as number] as number
    this.dataset.fill(mapped, x, y, context)
  }

  newInputs(samples: number): Float32Array | undefined {
    return this.dataset.newInputs?.(samples)
  }

  recipe(): DatasetRecipe | undefined {
    const dataset = this.dataset.recipe?.()
    if (dataset === undefined) return undefined
    return { exportName: 'subset', options: { dataset, indices: this.indices } }
  }
}
