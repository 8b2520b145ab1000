import type { DatasetRecipe } from '../workers/dataset-recipe.js'
import { WorkerPool } from '../workers/worker-pool.js'

const idleMs = 10_000

/**
 * Keeps a loader's workers between epochs and ends them when nobody has read for ten seconds; they hold up
 * no process that wants to exit.
 */
export class IdlePool {
  #pool: WorkerPool | undefined
  #readers = 0
  #timer: NodeJS.Timeout | undefined

  /** Gives the workers, started when there are none, to one more reader. */
  acquire(recipe: DatasetRecipe, numWorkers: number): WorkerPool {
    clearTimeout(this.#timer)
    if (this.#pool === undefined || this.#pool.ended) {
      this.#pool = new WorkerPool(recipe, numWorkers)
    }
    this.#readers += 1
    return this.#pool
  }

  /** Takes note that a reader is done. */
  release(): void {
    this.#readers -= 1
    if (this.#readers > 0) return
    this.#timer = setTimeout(() => void this.close(), idleMs)
    this.#timer.unref()
  }

  /** Ends the workers now. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    const pool = this.#pool
    this.#pool = undefined
    await pool?.close()
  }
}
