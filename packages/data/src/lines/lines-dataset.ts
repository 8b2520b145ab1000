import type { Dataset, FillContext } from '../datasets/dataset.js'
import type { DatasetRecipe } from '../workers/dataset-recipe.js'
import type { LineMaterial } from './line-material.js'
import type { LineStyle } from './line-style.js'
import { LineWriter } from './line-writer.js'

export interface LinesDatasetOptions {
  material: LineMaterial
  style: LineStyle
  /** Number of lines; of an epoch, when they are fresh. */
  length: number
  /** What the lines are for: parts of equal seed have different lines. */
  part: string
  /** Seed of lines that stay the same each epoch; left out, lines are fresh each epoch by the loader's seed. */
  fixedSeed?: number
}

/** Writes lines as batches are filled: line i of epoch e is a function of seed, e and i alone. */
export class LinesDataset implements Dataset {
  readonly length: number
  readonly xShape: readonly number[]
  readonly yShape: readonly number[]
  readonly overwrites = true
  readonly #options: LinesDatasetOptions
  readonly #writer: LineWriter

  constructor(options: LinesDatasetOptions) {
    const { material, style, length } = options
    this.#options = options
    this.#writer = new LineWriter(material, style)
    this.length = length
    this.xShape = [28, this.#writer.width, 1]
    this.yShape = [style.maxLength]
  }

  fill(
    indices: ArrayLike<number>,
    x: Float32Array,
    y: Int32Array | Float32Array,
    context: FillContext,
  ): void {
    const { part, fixedSeed, style } = this.#options
    const { size } = this.#writer
    const [seed, epoch] = fixedSeed === undefined ? [context.seed, context.epoch] : [fixedSeed, 0]
    for (let i = 0; i < indices.length; i++) {
      const key = { seed, part, epoch, index: indices[i] as number }
      this.#writer.write(key, x, i * size, y, i * style.maxLength)
    }
  }

  newInputs(samples: number): Float32Array {
    return this.#writer.newPictures(samples)
  }

  recipe(): DatasetRecipe {
    return { exportName: 'linesDataset', options: this.#options }
  }
}
