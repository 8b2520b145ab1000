import type { Worker } from 'node:worker_threads'
import { DataError, messageOf } from '../errors/data-error.js'
import type { DatasetRecipe } from './dataset-recipe.js'
import type { ReadingPlan, WorkerNews, WorkerTask } from './messages.js'
import { Reading } from './reading.js'
import { ReadingBoard } from './reading-board.js'
import { startWorker } from './start-worker.js'

/**
 * Makes batches in worker threads. Workers keep the process alive only while a batch is awaited; one that dies
 * ends every reading with an error and the pool with it.
 */
export class WorkerPool {
  readonly #workers: Worker[]
  readonly #readings = new Map<number, Reading>()
  /** Workers that have begun a reading. */
  readonly #proven = new Set<number>()
  #nextId = 0
  #awaited = 0
  #failure: DataError | undefined
  #closed = false

  constructor(recipe: DatasetRecipe, numWorkers: number) {
    this.#workers = Array.from({ length: numWorkers }, (_, worker) =>
      this.#start(recipe, worker, numWorkers),
    )
  }

  /** Says whether the pool can take no more readings. */
  get ended(): boolean {
    return this.#closed || this.#failure !== undefined
  }

  /**
   * Begins a reading.
   * @param slots batches that a worker has in memory at most, with the one that the reader has
   */
  read(plan: ReadingPlan, slots: number): Reading {
    const id = this.#nextId++
    const workers = this.#workers.length
    const board = ReadingBoard.create(workers, slots, plan.from, plan.to)
    const reading = new Reading(board, workers, slots, {
      resume: (worker) => this.#tell(worker, { resume: id }),
      end: () => {
        this.#readings.delete(id)
        for (let worker = 0; worker < workers; worker++) this.#tell(worker, { end: id })
      },
      awaiting: (yes) => this.#await(yes),
      proven: this.#proven.size === workers,
    })
    this.#readings.set(id, reading)
    if (this.#failure !== undefined) reading.fail(this.#failure)
    const task: WorkerTask = { begin: id, plan, board: board.cells, slots }
    for (let worker = 0; worker < workers; worker++) this.#tell(worker, task)
    return reading
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    this.#closed = true
    this.#failAll(new DataError('worker', 'DataLoader: its workers were closed.'))
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #start(recipe: DatasetRecipe, index: number, workers: number): Worker {
    const worker = startWorker({ recipe, worker: index, workers })
    worker.on('message', (news: WorkerNews) => {
      if ('slots' in news) this.#proven.add(index)
      this.#readings.get(news.reading)?.hear(index, news)
    })
    worker.on('error', (error) => this.#fail(index, messageOf(error), error))
    worker.on('exit', (code) => this.#fail(index, `its end with exit code ${code}`))
    worker.unref()
    return worker
  }

  #tell(worker: number, task: WorkerTask): void {
    if (!this.ended) this.#workers[worker]?.postMessage(task)
  }

  #await(yes: boolean): void {
    this.#awaited += yes ? 1 : -1
    // While they are being ended they must hold the process: it could exit in between.
    if (this.#closed) return
    if (yes && this.#awaited === 1) this.#workers[0]?.ref()
    if (!yes && this.#awaited === 0) this.#workers[0]?.unref()
  }

  #fail(index: number, what: string, cause?: unknown): void {
    if (this.#closed || this.#failure !== undefined) return
    this.#failure = new DataError(
      'worker',
      `DataLoader: expected batches from worker ${index + 1}, received ${what}. ` +
        'Run with numWorkers 0 to see where it fails.',
      { cause },
    )
    this.#failAll(this.#failure)
    for (const worker of this.#workers) void worker.terminate()
  }

  #failAll(error: DataError): void {
    for (const reading of this.#readings.values()) reading.fail(error)
  }
}
