import type { Dataset } from '../datasets/dataset.js'
import { DataError } from '../errors/data-error.js'
import { keyedRandom } from '../random/keyed-random.js'
import { permutation } from '../random/permutation.js'
import type { DataReporter } from '../files/data-context.js'
import type { DatasetRecipe } from '../workers/dataset-recipe.js'
import type { ReadingPlan } from '../workers/messages.js'
import type { Batch } from './batch.js'
import { newBatchArrays, type BatchArrays } from './batch-arrays.js'
import { fillBatch } from './fill-batch.js'
import { fromWorkers } from './from-workers.js'
import { IdlePool } from './idle-pool.js'
import { OwnBatches, type MakeBatch } from './own-batches.js'
import { prefetched } from './prefetched.js'

export interface DataLoaderOptions {
  /** Samples a batch. Defaults to 128. */
  batchSize?: number
  /** Whether each epoch has an order of its own. Defaults to false: file order. */
  shuffle?: boolean
  /** Whether a last batch that is not full is left out. Defaults to false. */
  dropLast?: boolean
  /** Seed of the order, and of what is random about the samples. Defaults to 42. */
  seed?: number
  /** Batches made ahead while the consumer waits for something else; with workers, a worker's share. Defaults to 1, with workers 2. */
  prefetch?: number
  /** Worker threads that make batches, beside the main thread where that would have to wait; 0 = it makes all. Defaults to 0. */
  numWorkers?: number
  /** Hears when workers were asked for and cannot be had. */
  reporter?: DataReporter
}

/**
 * Cuts a dataset into batches. It is stateless: what epoch e's batch n holds is a function of the seed, e and n
 * alone, so any number of readers can go over it, from any batch on, and take nothing from each other.
 */
export class DataLoader {
  readonly dataset: Dataset
  readonly batchSize: number
  readonly shuffle: boolean
  readonly dropLast: boolean
  readonly seed: number
  readonly prefetch: number
  readonly numWorkers: number
  readonly #reporter: DataReporter
  readonly #workers = new IdlePool()
  /** Arrays of batches that were read, for readings to come. */
  readonly #spares: BatchArrays[] = []
  #noticed = false

  constructor(dataset: Dataset, options: DataLoaderOptions = {}) {
    this.dataset = dataset
    this.batchSize = wholeNumber('batchSize', options.batchSize ?? 128, 1)
    this.shuffle = options.shuffle ?? false
    this.dropLast = options.dropLast ?? false
    this.seed = options.seed ?? 42
    this.numWorkers = wholeNumber('numWorkers', options.numWorkers ?? 0, 0)
    const prefetch = options.prefetch ?? (this.numWorkers > 0 ? 2 : 1)
    this.prefetch = wholeNumber('prefetch', prefetch, 0)
    this.#reporter = options.reporter ?? {}
  }

  /** Number of batches an epoch. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches)
  }

  /** Gives the order in which an epoch visits the samples. */
  order(epoch: number): Uint32Array {
    const length = this.dataset.length
    if (!this.shuffle) return Uint32Array.from({ length }, (_, i) => i)
    return permutation(length, keyedRandom(this.seed, 'order', epoch))
  }

  /** Makes one batch of an epoch, at once. */
  batch(epoch: number, index: number): Batch {
    return this.#make(this.order(epoch), epoch, index)
  }

  /**
   * Goes over an epoch's batches, from the given one on; they come in order.
   * @param options.reuse whether the arrays of a batch may be filled again once the next one is asked for, or the data are
   * read again: new memory for every batch takes longer than filling it. Inputs may then lie in memory that threads
   * share. Defaults to false: batches are the caller's to keep.
   */
  batches(epoch: number, fromBatch = 0, { reuse = false } = {}): AsyncIterable<Batch> {
    const order = this.order(epoch)
    const { dataset, batchSize, seed, length, prefetch } = this
    const make: MakeBatch = (index, arrays) => this.#make(order, epoch, index, arrays)
    const newArrays = (): BatchArrays => newBatchArrays(dataset, batchSize, false)
    const source = reuse ? { spares: this.#spares, newArrays } : undefined
    const beginOwn = (): OwnBatches => new OwnBatches(make, source)
    const recipe = this.#recipe()
    if (recipe === undefined) return prefetched(beginOwn, fromBatch, length, prefetch)
    // A slice of its own: the message carries no more than what is read.
    const rest = order.slice(fromBatch * batchSize)
    const plan = { order: rest, batchSize, seed, epoch, from: fromBatch, to: length }
    return this.#fromWorkers(recipe, plan, beginOwn, reuse)
  }

  /** Gives a loader of the same data in file order. */
  unshuffled(): DataLoader {
    return new DataLoader(this.dataset, { ...this.#options(), shuffle: false })
  }

  /** Ends the workers, where there are any; reading again starts new ones. */
  async close(): Promise<void> {
    await this.#workers.close()
  }

  #options(): Required<DataLoaderOptions> {
    const { batchSize, shuffle, dropLast, seed, prefetch, numWorkers } = this
    return { batchSize, shuffle, dropLast, seed, prefetch, numWorkers, reporter: this.#reporter }
  }

  #make(order: Uint32Array, epoch: number, index: number, arrays?: BatchArrays): Batch {
    const start = index * this.batchSize
    const indices = order.subarray(start, start + this.batchSize)
    return fillBatch(this.dataset, indices, { seed: this.seed, epoch }, arrays)
  }

  #recipe(): DatasetRecipe | undefined {
    if (this.numWorkers === 0) return undefined
    const recipe = this.dataset.recipe?.()
    if (recipe === undefined && !this.#noticed) {
      this.#noticed = true
      this.#reporter.warn?.(
        `DataLoader: expected a dataset that can be made again in ${this.numWorkers} workers, received one ` +
          'without a recipe. The main thread makes the batches.',
      )
    }
    return recipe
  }

  async *#fromWorkers(
    recipe: DatasetRecipe,
    plan: ReadingPlan,
    beginOwn: () => OwnBatches,
    reuse: boolean,
  ): AsyncGenerator<Batch, void, void> {
    if (plan.from >= plan.to) return
    const pool = this.#workers.acquire(recipe, this.numWorkers)
    const ahead = Math.max(1, this.prefetch)
    try {
      yield* fromWorkers(pool, plan, this.dataset, ahead, beginOwn, reuse)
    } finally {
      this.#workers.release()
    }
  }
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value
  throw new DataError(
    'invalid-options',
    `DataLoader: expected ${name} to be a whole number of at least ${least}, received ${value}.`,
  )
}
