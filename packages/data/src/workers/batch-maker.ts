import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import type { Dataset } from '../datasets/dataset.js'
import { messageOf } from '../errors/data-error.js'
import { newBatchArrays, type BatchArrays } from '../loader/batch-arrays.js'
import { fillBatch } from '../loader/fill-batch.js'
import type { ReadingPlan, WorkerNews, WorkerStart, WorkerTask } from './messages.js'
import { ReadingBoard } from './reading-board.js'

const hearEveryMs = 5
/** Waking costs a thread that makes batches about 0.1 ms: what a processor's caches held has to be fetched again. */
const standByMs = 20

interface Reading {
  id: number
  plan: ReadingPlan
  board: ReadingBoard
  slots: BatchArrays[]
}

/** Makes batches in a worker thread, of all readings in turn, as long as there is a free slot and a batch to make. */
export class BatchMaker {
  readonly #worker: number
  readonly #workers: number
  readonly #dataset: Promise<Dataset>
  readonly #port: MessagePort
  /** Readings that have begun and not ended; those with batches left to make are in `#open`. */
  readonly #readings = new Map<number, Reading>()
  #open: Reading[] = []
  /** Slots of readings that have ended: the next one's. */
  readonly #spares: BatchArrays[] = []
  /** Whether the reader and the workers before this one are as many threads as there are cores, or more. */
  readonly #standsBy: boolean
  #working = false

  constructor(
    { worker, workers }: Pick<WorkerStart, 'worker' | 'workers'>,
    cores: number,
    dataset: Promise<Dataset>,
    port: MessagePort,
  ) {
    this.#worker = worker
    this.#workers = workers
    this.#dataset = dataset
    this.#port = port
    this.#standsBy = worker + 1 >= cores
  }

  async take(task: WorkerTask): Promise<void> {
    if ('begin' in task) return this.#begin(task)
    if ('resume' in task) return this.#work()
    const reading = this.#readings.get(task.end)
    this.#readings.delete(task.end)
    this.#open = this.#open.filter((each) => each !== reading)
    this.#spares.push(...(reading?.slots ?? []))
  }

  async #begin(task: Extract<WorkerTask, { begin: number }>): Promise<void> {
    const { begin: id, plan, slots } = task
    const board = new ReadingBoard(task.board, this.#workers, slots, plan.to)
    const reading: Reading = { id, plan, board, slots: [] }
    this.#readings.set(id, reading)
    try {
      const dataset = await this.#dataset
      if (!this.#readings.has(id)) return
      for (let i = 0; i < slots; i++) {
        reading.slots.push(this.#spares.pop() ?? newBatchArrays(dataset, plan.batchSize, true))
      }
    } catch (error) {
      this.#tell({ reading: id, index: undefined, error: messageOf(error) })
      return
    }
    this.#tell({ reading: id, slots: reading.slots })
    this.#open.push(reading)
    await this.#work()
  }

  async #work(): Promise<void> {
    if (this.#working) return
    this.#working = true
    const dataset = await this.#dataset
    let heard = performance.now()
    while (this.#makeOne(dataset)) {
      // Messages are heard in between: other readings begin, this one may end. A turn of the event loop would take longer.
      if (performance.now() - heard < hearEveryMs) continue
      await this.#hear()
      heard = performance.now()
    }
    this.#working = false
  }

  async #hear(): Promise<void> {
    for (let heard; (heard = receiveMessageOnPort(this.#port)) !== undefined;) {
      await this.take(heard.message as WorkerTask)
    }
  }

  /**
   * Makes a batch of the first reading that has one to make, which then waits for its turn; false where none has. A reading
   * whose reader has taken the last core is left to it for a while.
   */
  #makeOne(dataset: Dataset): boolean {
    let left: Reading | undefined
    for (const reading of this.#open) {
      if (this.#standsBy && reading.board.readerBusy()) {
        left ??= reading
        continue
      }
      const slot = reading.board.takeSlot(this.#worker)
      if (slot === undefined) continue
      const index = reading.board.claim()
      this.#open = this.#open.filter((each) => each !== reading)
      if (index === undefined) continue
      this.#open.push(reading)
      this.#make(dataset, reading, index, slot)
      return true
    }
    left?.board.standBy(standByMs)
    return left !== undefined
  }

  #make(dataset: Dataset, { id, plan, board, slots }: Reading, index: number, slot: number): void {
    const start = (index - plan.from) * plan.batchSize
    const indices = plan.order.subarray(start, start + plan.batchSize)
    try {
      const arrays = slots[slot % slots.length]
      fillBatch(dataset, indices, { seed: plan.seed, epoch: plan.epoch }, arrays)
      if (board.publish(index, slot)) this.#tell({ reading: id })
    } catch (error) {
      board.publishFailure(index)
      this.#tell({ reading: id, index, error: messageOf(error) })
    }
  }

  #tell(news: WorkerNews): void {
    this.#port.postMessage(news)
  }
}
