import type { Dataset } from '../datasets/dataset.js'
import { DataError } from '../errors/data-error.js'
import { keyedRandom } from '../random/keyed-random.js'
import { permutation } from '../random/permutation.js'
import type { Batch } from './batch.js'
import { fillBatch } from './fill-batch.js'
import { prefetched } from './prefetched.js'

export interface DataLoaderOptions {
  /** Samples a batch. Defaults to 128. */
  batchSize?: number
  /** Whether each epoch has an order of its own. Defaults to false: file order. */
  shuffle?: boolean
  /** Whether a last batch that is not full is left out. Defaults to false. */
  dropLast?: boolean
  /** Seed of the order, and of what is random about the samples. Defaults to 0. */
  seed?: number
  /** Batches made ahead while the consumer waits for something else. Defaults to 1. */
  prefetch?: number
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

  constructor(dataset: Dataset, options: DataLoaderOptions = {}) {
    this.dataset = dataset
    this.batchSize = wholeNumber('batchSize', options.batchSize ?? 128, 1)
    this.shuffle = options.shuffle ?? false
    this.dropLast = options.dropLast ?? false
    this.seed = options.seed ?? 0
    this.prefetch = wholeNumber('prefetch', options.prefetch ?? 1, 0)
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

  /** Goes over an epoch's batches, from the given one on; they come in order. */
  batches(epoch: number, fromBatch = 0): AsyncIterable<Batch> {
    const order = this.order(epoch)
    const make = (index: number): Batch => this.#make(order, epoch, index)
    return prefetched(make, fromBatch, this.length, this.prefetch)
  }

  /** Gives a loader of the same data in file order. */
  unshuffled(): DataLoader {
    return new DataLoader(this.dataset, { ...this.#options(), shuffle: false })
  }

  #options(): Required<DataLoaderOptions> {
    const { batchSize, shuffle, dropLast, seed, prefetch } = this
    return { batchSize, shuffle, dropLast, seed, prefetch }
  }

  #make(order: Uint32Array, epoch: number, index: number): Batch {
    const start = index * this.batchSize
    const indices = order.subarray(start, start + this.batchSize)
    return fillBatch(this.dataset, indices, { seed: this.seed, epoch })
  }
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value
  throw new DataError(
    'invalid-options',
    `DataLoader: expected ${name} to be a whole number of at least ${least}, received ${value}.`,
  )
}
