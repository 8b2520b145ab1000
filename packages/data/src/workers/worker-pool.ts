import type { Worker } from 'node:worker_threads'
import { DataError, messageOf } from '../errors/data-error.js'
import type { Batch } from '../loader/batch.js'
import type { DatasetRecipe } from './dataset-recipe.js'
import type { BatchArrays } from '../loader/fill-batch.js'
import { buffersOf, type BatchAnswer, type BatchRequest } from './messages.js'
import { startWorker } from './start-worker.js'

interface Pending {
  resolve(batch: Batch): void
  reject(error: Error): void
}

interface Member {
  worker: Worker
  pending: Map<number, Pending>
}

/**
 * Makes batches in worker threads. Workers keep the process alive only while a batch is awaited; one that dies
 * ends every request with an error and the pool with it.
 */
export class WorkerPool {
  readonly #members: Member[]
  #nextId = 0
  #failure: DataError | undefined
  #closed = false

  constructor(recipe: DatasetRecipe, numWorkers: number) {
    this.#members = Array.from({ length: numWorkers }, (_, i) => this.#start(recipe, i))
  }

  /** Says whether the pool can take no more requests. */
  get ended(): boolean {
    return this.#closed || this.#failure !== undefined
  }

  /** Asks the least busy worker for a batch, in these arrays where they fit: they are the worker's from then on. */
  request(request: Omit<BatchRequest, 'id' | 'spare'>, spare?: BatchArrays): Promise<Batch> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const id = this.#nextId++
    const member = this.#members.reduce((a, b) => (b.pending.size < a.pending.size ? b : a))
    return new Promise((resolve, reject) => {
      member.pending.set(id, { resolve, reject })
      member.worker.ref()
      const message: BatchRequest = { id, ...request }
      if (spare === undefined) return member.worker.postMessage(message)
      message.spare = { x: spare.x, y: spare.y }
      member.worker.postMessage(message, buffersOf(spare))
    })
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    this.#closed = true
    this.#rejectAll(new DataError('worker', 'DataLoader: its workers were closed.'))
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()))
  }

  #start(recipe: DatasetRecipe, index: number): Member {
    const member: Member = { worker: startWorker({ recipe }), pending: new Map() }
    const { worker, pending } = member
    worker.on('message', (answer: BatchAnswer) => {
      const waiting = pending.get(answer.id)
      pending.delete(answer.id)
      // While it is being ended it must hold the process: an answer that comes then would let it exit in between.
      if (pending.size === 0 && !this.#closed) worker.unref()
      if ('batch' in answer) waiting?.resolve(answer.batch)
      else waiting?.reject(new DataError('worker', `Worker ${index + 1}: ${answer.error}`))
    })
    worker.on('error', (error) => this.#fail(index, messageOf(error), error))
    worker.on('exit', (code) => this.#fail(index, `its end with exit code ${code}`))
    worker.unref()
    return member
  }

  #fail(index: number, what: string, cause?: unknown): void {
    if (this.#closed || this.#failure !== undefined) return
    this.#failure = new DataError(
      'worker',
      `DataLoader: expected batches from worker ${index + 1}, received ${what}. ` +
        'Run with numWorkers 0 to see where it fails.',
      { cause },
    )
    this.#rejectAll(this.#failure)
    for (const { worker } of this.#members) void worker.terminate()
  }

  #rejectAll(error: DataError): void {
    for (const { pending } of this.#members) {
      for (const waiting of pending.values()) waiting.reject(error)
      pending.clear()
    }
  }
}
