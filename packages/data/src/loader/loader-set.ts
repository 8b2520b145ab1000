import type { Dataset } from '../datasets/dataset.js'
import type { DataContext } from '../files/data-context.js'
import { DataLoader, type DataLoaderOptions } from './data-loader.js'

/** Keeps a data module's loaders, so that asking again gives the same one and its workers end with the module. */
export class LoaderSet {
  readonly #loaders = new Map<string, DataLoader>()
  readonly #common: DataLoaderOptions

  constructor(options: { seed: number; numWorkers: number }, context: DataContext) {
    const { seed, numWorkers } = options
    const { reporter } = context
    this.#common = { seed, numWorkers, ...(reporter === undefined ? {} : { reporter }) }
  }

  /** Gives the loader of this name, made when it is new or its data is. */
  get(name: string, dataset: Dataset, options: DataLoaderOptions): DataLoader {
    const kept = this.#loaders.get(name)
    if (kept?.dataset === dataset) return kept
    const loader = new DataLoader(dataset, { ...this.#common, ...options })
    this.#loaders.set(name, loader)
    return loader
  }

  /** Ends the workers of all of them. */
  async close(): Promise<void> {
    const loaders = [...this.#loaders.values()]
    this.#loaders.clear()
    await Promise.all(loaders.map((loader) => loader.close()))
  }
}
