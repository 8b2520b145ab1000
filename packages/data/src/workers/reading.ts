import { DataError } from '../errors/data-error.js'
import type { BatchArrays } from '../loader/batch-arrays.js'
import type { WorkerNews } from './messages.js'
import type { ReadingBoard } from './reading-board.js'

/**
 * A short wait blocks the thread, as making the batch there would: a message costs as much as some batches do. Now and then
 * the wait is a message's all the same, so that the thread gets to other things.
 */
const pauseMs = 2
const turnEveryMs = 10

/** How a reading talks to the workers. */
export interface ReadingLine {
  resume(worker: number): void
  end(): void
  /** Says whether a batch is awaited: the workers keep the process alive as long. */
  awaiting(yes: boolean): void
}

/** Is the reader's side of one reading: it gets batches in order, in the workers' memory, and frees them. */
export class Reading {
  readonly #board: ReadingBoard
  readonly #line: ReadingLine
  /** Slots by worker, as they tell of them. */
  readonly #slots: (readonly BatchArrays[] | undefined)[]
  readonly #errors = new Map<number, DataError>()
  readonly #slotsEach: number
  /** When the thread last got to other things. */
  #turned = 0
  #failure: DataError | undefined
  #wake: (() => void) | undefined

  constructor(board: ReadingBoard, workers: number, slotsEach: number, line: ReadingLine) {
    this.#board = board
    this.#line = line
    this.#slots = new Array<undefined>(workers).fill(undefined)
    this.#slotsEach = slotsEach
  }

  /** Waits for a batch; its arrays are the reader's until it frees them. */
  async take(index: number): Promise<{ slot: number; arrays: BatchArrays }> {
    for (;;) {
      const error = this.#failure ?? this.#errors.get(index)
      if (error !== undefined) throw error
      const made = this.#inSlot(this.#board.slotOf(index))
      if (made !== undefined) return made
      if (this.#paused(index)) continue
      const late = this.#inSlot(this.#board.awaitSlotOf(index))
      if (late !== undefined) return late
      await this.#news()
    }
  }

  /** Gives a batch's arrays back to their worker. */
  free(index: number, slot: number): void {
    const worker = this.#board.free(index, slot)
    if (worker !== undefined) this.#line.resume(worker)
  }

  /** Ends the reading: no further batch is begun, and all memory is the workers' again. */
  end(): void {
    this.#board.close()
    this.#line.end()
  }

  /** Takes in what a worker tells. */
  hear(worker: number, news: WorkerNews): void {
    if ('slots' in news) this.#slots[worker] = news.slots
    if ('error' in news) {
      const error = new DataError('worker', `Worker ${worker + 1}: ${news.error}`)
      if (news.index === undefined) this.#failure ??= error
      else this.#errors.set(news.index, error)
    }
    this.#wake?.()
  }

  /** Ends all waiting with an error. */
  fail(error: DataError): void {
    this.#failure ??= error
    this.#wake?.()
  }

  #inSlot(slot: number | undefined): { slot: number; arrays: BatchArrays } | undefined {
    if (slot === undefined) return undefined
    const arrays = this.#slots[Math.floor(slot / this.#slotsEach)]?.[slot % this.#slotsEach]
    return arrays && { slot, arrays }
  }

  /** Waits in a pause, where that is in order; true when the batch is there. */
  #paused(index: number): boolean {
    if (this.#slots.includes(undefined) || performance.now() - this.#turned > turnEveryMs)
      return false
    this.#board.pause(index, pauseMs)
    return this.#board.slotOf(index) !== undefined
  }

  async #news(): Promise<void> {
    this.#line.awaiting(true)
    await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#wake = undefined
    this.#line.awaiting(false)
    this.#turned = performance.now()
  }
}
