import { backend } from '@tensorflow/tfjs-core'

/** Memory that a backend keeps for reuse. */
export interface MemoryPool {
  /** Bytes of disposed tensors' arrays that wait for reuse now. */
  readonly pooledBytes: number
  /** Bytes kept at most. May be set; sizes that were not used lately go first. */
  limitBytes: number
  /** Lets go of all that is kept, scratch memory of the kernels too. It is made anew when it is needed. */
  release(): void
}

/** Where a backend object keeps its pool. */
export const memoryPoolKey = Symbol.for('ductus.memoryPool')

/**
 * Gives the active backend's pool, to look at, to limit and to release; undefined where the backend has none (all but
 * `native`).
 *
 * @example
 * memoryPool()?.release()
 */
export function memoryPool(): MemoryPool | undefined {
  return (backend() as { [memoryPoolKey]?: MemoryPool })[memoryPoolKey]
}
