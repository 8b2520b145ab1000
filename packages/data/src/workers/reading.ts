import { setImmediate } from 'node:timers/promises'
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
  /** Whether all workers have begun a reading before: they can do their work. */
  readonly proven: boolean
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

  /** Gives a batch that a worker has made; its arrays are the reader's until it frees them. */
  made(index: number): { slot: number; arrays: BatchArrays } | undefined {
    const error = this.#failure ?? this.#errors.get(index)
    if (error !== undefined) throw error
    return this.#inSlot(this.#board.slotOf(index))
  }

  /**
   * Makes the next batch that nobody makes yet, and lets the thread get to other things now and then; false when there
   * is none, or when it is not known yet whether the workers can do their work.
   */
  async help(make: (index: number) => void): Promise<boolean> {
    const begun = this.#begun()
    const index = begun || this.#line.proven ? this.#board.claim() : undefined
    if (index === undefined) return false
    this.#board.help(() => make(index))
    if (!begun || performance.now() - this.#turned > turnEveryMs) await this.#turn()
    return true
  }

  /** Waits for a batch, or for news of it. */
  async wait(index: number): Promise<void> {
    if (this.#begun() && performance.now() - this.#turned < turnEveryMs) {
      this.#board.pause(index, pauseMs)
    } else if (this.#inSlot(this.#board.awaitSlotOf(index)) === undefined) {
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

  /** Says whether all workers have told of their slots. */
  #begun(): boolean {
    return !this.#slots.includes(undefined)
  }

  /** Lets the thread get to other things. */
  async #turn(): Promise<void> {
    await setImmediate()
    this.#turned = performance.now()
  }

  async #news(): Promise<void> {
    this.#line.awaiting(true)
    await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#wake = undefined
    this.#line.awaiting(false)
    this.#turned = performance.now()
  }
}
