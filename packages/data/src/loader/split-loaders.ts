import type { Dataset } from '../datasets/dataset.js'
import { DataError } from '../errors/data-error.js'
import type { DataContext } from '../files/data-context.js'
import type { LoaderOptions } from '../modules/loader-options.js'
import { DataLoader, type DataLoaderOptions } from './data-loader.js'

type Part = 'train' | 'val' | 'test'

/** Keeps a data module's three parts and a loader for each; the workers end with it. */
export class SplitLoaders {
  readonly #where: string
  readonly #options: LoaderOptions
  readonly #context: DataContext
  readonly #parts = new Map<Part, Dataset>()
  readonly #loaders = new Map<Part, DataLoader>()

  constructor(where: string, options: LoaderOptions, context: DataContext) {
    this.#where = where
    this.#options = options
    this.#context = context
  }

  has(part: Part): boolean {
    return this.#parts.has(part)
  }

  set(part: Part, dataset: Dataset): void {
    this.#parts.set(part, dataset)
  }

  train(): DataLoader {
    const { batchSize, dropLast } = this.#options
    return this.#loader('train', { batchSize, dropLast, shuffle: true })
  }

  val(): DataLoader {
    const { batchSize, valBatchSize } = this.#options
    return this.#loader('val', { batchSize: valBatchSize || batchSize })
  }

  test(): DataLoader {
    const { batchSize, testBatchSize } = this.#options
    return this.#loader('test', { batchSize: testBatchSize || batchSize })
  }

  /** Ends the workers and lets go of the data. */
  async close(): Promise<void> {
    const loaders = [...this.#loaders.values()]
    this.#loaders.clear()
    this.#parts.clear()
    await Promise.all(loaders.map((loader) => loader.close()))
  }

  #loader(part: Part, options: DataLoaderOptions): DataLoader {
    const kept = this.#loaders.get(part)
    if (kept !== undefined) return kept
    const dataset = this.#parts.get(part)
    if (dataset === undefined) {
      const stage = part === 'test' ? 'test' : 'fit'
      throw new DataError(
        'not-set-up',
        `${this.#where}: expected setup('${stage}') before its loader, received none. ` +
          `Call \`await data.setup('${stage}')\` first.`,
      )
    }
    const { seed, numWorkers } = this.#options
    const { reporter } = this.#context
    const common = { seed, numWorkers, ...(reporter === undefined ? {} : { reporter }) }
    const loader = new DataLoader(dataset, { ...common, ...options })
    this.#loaders.set(part, loader)
    return loader
  }
}
