interface Shelf {
  readonly arrays: Float32Array[]
  lastUsed: number
}

export interface ArrayPoolOptions {
  /** Bytes kept for reuse at most. Sizes that were not asked for lately go first. */
  limitBytes: number
  /** Fills every array with NaN when it comes back and when it is made: wrong reuse shows. */
  poison: boolean
}

/**
 * Keeps float32 arrays for reuse, by exact length. A training step makes the same sizes again and again, and fresh
 * memory costs more than most kernels: the system clears it page by page.
 *
 * An array that somebody else may see is not given back; see `escape`.
 */
export class ArrayPool {
  limitBytes: number
  readonly poison: boolean
  /** Bytes kept for reuse now. */
  pooledBytes = 0

  private readonly shelves = new Map<number, Shelf>()
  /** Buffers that this pool made and nobody else has seen. */
  private readonly owned = new WeakSet<ArrayBufferLike>()
  private clock = 0

  constructor({ limitBytes, poison }: ArrayPoolOptions) {
    this.limitBytes = limitBytes
    this.poison = poison
  }

  /** Hands out an array of that length. Its contents are undefined. */
  take(length: number): Float32Array {
    const shelf = this.shelves.get(length)
    if (shelf) {
      shelf.lastUsed = ++this.clock
      const array = shelf.arrays.pop()
      if (array) {
        this.pooledBytes -= array.byteLength
        return array
      }
    }
    const array = new Float32Array(length)
    if (this.poison) array.fill(NaN)
    this.owned.add(array.buffer)
    return array
  }

  /** Whether the array is the pool's and nobody else can see it. */
  owns(array: ArrayBufferView): boolean {
    return this.owned.has(array.buffer)
  }

  /** Gives an array up for good: somebody outside holds it, or a view of it. */
  escape(array: ArrayBufferView): void {
    this.owned.delete(array.buffer)
  }

  /** Takes an array back. One that is not the pool's own is left to the garbage collector. */
  give(array: Float32Array): void {
    if (!this.owned.has(array.buffer)) return
    if (this.poison) array.fill(NaN)
    const bytes = array.byteLength
    if (bytes > this.limitBytes) return
    let shelf = this.shelves.get(array.length)
    if (!shelf) this.shelves.set(array.length, (shelf = { arrays: [], lastUsed: 0 }))
    shelf.lastUsed = ++this.clock
    shelf.arrays.push(array)
    this.pooledBytes += bytes
    if (this.pooledBytes > this.limitBytes) this.shrink(this.limitBytes)
  }

  /** Lets go of kept arrays until at most `bytes` are left. */
  shrink(bytes: number): void {
    if (this.pooledBytes <= bytes) return
    const oldestFirst = [...this.shelves].sort(([, a], [, b]) => a.lastUsed - b.lastUsed)
    for (const [length, { arrays }] of oldestFirst) {
      while (arrays.length > 0 && this.pooledBytes > bytes) {
        this.pooledBytes -= arrays.pop()!.byteLength
      }
      if (arrays.length === 0) this.shelves.delete(length)
      if (this.pooledBytes <= bytes) return
    }
  }
}
