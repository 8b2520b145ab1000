import type { Batch } from './batch.js'
import type { BatchArrays } from './batch-arrays.js'

/** Where arrays that serve again come from and go to. */
export interface ArraySource {
  /** Those of earlier readings; a reading takes them all and puts back what it has when it ends. */
  spares: BatchArrays[]
  newArrays(): BatchArrays
}

/** Makes a batch, in arrays that served before or in new ones. */
export type MakeBatch = (index: number, arrays?: BatchArrays) => Batch

interface Made {
  arrays?: BatchArrays | undefined
  batch?: Batch
  error?: unknown
}

/**
 * Makes batches in the reader's own thread and keeps them until their turn. With a source, a batch's arrays serve again once
 * it is given back.
 */
export class OwnBatches {
  readonly #make: MakeBatch
  readonly #source: ArraySource | undefined
  readonly #spares: BatchArrays[]
  /** By index. */
  readonly #ready = new Map<number, Made>()
  #given: Made | undefined

  constructor(make: MakeBatch, source?: ArraySource) {
    this.#make = make
    this.#source = source
    this.#spares = source?.spares.splice(0) ?? []
  }

  /** Number of batches that wait for their turn. */
  get ready(): number {
    return this.#ready.size
  }

  /** Makes a batch; what goes wrong is thrown when its turn comes. */
  make(index: number): void {
    const made: Made = {}
    this.#ready.set(index, made)
    try {
      made.arrays = this.#spares.pop() ?? this.#source?.newArrays()
      made.batch = this.#make(index, made.arrays)
    } catch (error) {
      made.error = error
    }
  }

  /** Gives a batch, where it was made; its arrays are the taker's until `takeBack`. */
  take(index: number): Batch | undefined {
    const made = this.#ready.get(index)
    if (made === undefined) return undefined
    this.#ready.delete(index)
    this.#given = made
    if (made.batch === undefined) throw made.error
    return made.batch
  }

  /** Takes back the arrays of the batch that was given last. */
  takeBack(): void {
    if (this.#given?.arrays !== undefined) this.#spares.push(this.#given.arrays)
    this.#given = undefined
  }

  /** Gives all arrays to the readings to come. */
  end(): void {
    this.takeBack()
    for (const { arrays } of this.#ready.values())
      if (arrays !== undefined) this.#spares.push(arrays)
    this.#source?.spares.push(...this.#spares)
  }
}
