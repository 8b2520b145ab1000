/**
 * Cells: the next batch that nobody makes yet, the one that the reader waits for, how often it was told, how many microseconds
 * it has made batches for (which may wrap round), and one that stays 0, where workers stand by.
 */
const next = 0
const awaited = 1
const told = 2
const helped = 3
const standing = 4
const cells = 5

const failed = -1
/** Share of the time from which on a thread that makes batches counts as taking up a core. */
const busyShare = 0.75

/**
 * Is what threads share of one reading: which batch is to be made next, where batches lie that are made, which slots are
 * taken, which workers rest, and how much the reader helps. Each worker has as many slots, memory of its own, and lays its
 * batches there; the reader takes them in order, in place, and frees them.
 */
export class ReadingBoard {
  /** The memory that is shared. */
  readonly cells: Int32Array
  readonly #slots: number
  readonly #to: number
  /** Offsets: slot + 1 of a batch that is made, by index; taken slots; workers that rest. */
  readonly #made = cells
  readonly #taken: number
  readonly #resting: number
  readonly #all: number
  /** Places for batches on their way, by index: those in slots, and no fewer than the reader keeps. */
  readonly #places: number
  /** When this thread last asked whether the reader is busy, and how much that had helped. */
  #asked = { at: performance.now(), helped: 0 }

  /**
   * @param slots slots a worker; the reader keeps no more batches of its own
   * @param to batches end before this one
   */
  constructor(board: Int32Array, workers: number, slots: number, to: number) {
    this.cells = board
    this.#slots = slots
    this.#to = to
    this.#all = workers * slots
    this.#places = this.#all + slots
    this.#taken = this.#made + this.#places
    this.#resting = this.#taken + this.#all
  }

  /** Makes the board of a reading that begins with batch `from`. */
  static create(workers: number, slots: number, from: number, to: number): ReadingBoard {
    const length = cells + (2 * workers + 1) * slots + workers
    const board = new Int32Array(new SharedArrayBuffer(4 * length))
    board[next] = from
    board[awaited] = -1
    return new ReadingBoard(board, workers, slots, to)
  }

  /** Whether no more batches are to be begun. */
  get exhausted(): boolean {
    return Atomics.load(this.cells, next) >= this.#to
  }

  /** Lets nobody begin another batch. */
  close(): void {
    Atomics.store(this.cells, next, this.#to)
    Atomics.notify(this.cells, standing)
  }

  /** Takes a slot of a worker's for it; undefined when none is free, in which case the worker is noted as resting. */
  takeSlot(worker: number): number | undefined {
    const found = this.#takeFree(worker)
    if (found !== undefined) return found
    // Noted first, looked for again then: a slot that is freed in between is seen by one side or the other.
    Atomics.store(this.cells, this.#resting + worker, 1)
    const late = this.#takeFree(worker)
    if (late !== undefined) Atomics.store(this.cells, this.#resting + worker, 0)
    return late
  }

  /** Begins the next batch; undefined when there are no more. */
  claim(): number | undefined {
    const index = Atomics.add(this.cells, next, 1)
    return index < this.#to ? index : undefined
  }

  /** Makes a batch in the reader's thread, and takes note of how long that took. */
  help(make: () => void): void {
    const start = performance.now()
    make()
    Atomics.add(this.cells, helped, Math.round(1000 * (performance.now() - start)))
  }

  /** Says whether the reader took up a core with making batches since this was last asked. */
  readerBusy(): boolean {
    const asked = { at: performance.now(), helped: Atomics.load(this.cells, helped) }
    const ms = ((asked.helped - this.#asked.helped) | 0) / 1000
    const busy = ms > busyShare * (asked.at - this.#asked.at)
    this.#asked = asked
    return busy
  }

  /** Blocks a worker's thread for so many milliseconds, or until the reading is closed. */
  standBy(ms: number): void {
    if (!this.exhausted) Atomics.wait(this.cells, standing, 0, ms)
  }

  /** Hands over a batch in a slot, and wakes the reader from its pause; true when it waits otherwise and must be told. */
  publish(index: number, slot: number): boolean {
    if (!this.#note(index, slot + 1)) return false
    Atomics.add(this.cells, told, 1)
    return Atomics.notify(this.cells, told) === 0
  }

  /** Takes note that a batch could not be made. */
  publishFailure(index: number): void {
    this.#note(index, failed)
  }

  /** Gives the slot of a batch that is made; undefined when it is not there yet. */
  slotOf(index: number): number | undefined {
    const value = Atomics.load(this.cells, this.#made + (index % this.#places))
    return value > 0 ? value - 1 : undefined
  }

  /** Notes that the reader waits for a batch, and gives its slot if it came all the same; else its worker will tell. */
  awaitSlotOf(index: number): number | undefined {
    Atomics.store(this.cells, awaited, index)
    return this.slotOf(index)
  }

  /** Blocks the reader's thread, which waits for a batch, for at most so many milliseconds. */
  pause(index: number, ms: number): void {
    const before = Atomics.load(this.cells, told)
    if (this.awaitSlotOf(index) === undefined) Atomics.wait(this.cells, told, before, ms)
  }

  /** Frees the slot of a batch; gives the worker to tell, where it rests and there is work. */
  free(index: number, slot: number): number | undefined {
    Atomics.store(this.cells, this.#made + (index % this.#places), 0)
    Atomics.store(this.cells, this.#taken + slot, 0)
    const worker = Math.floor(slot / this.#slots)
    const rested = Atomics.exchange(this.cells, this.#resting + worker, 0) === 1
    return rested && !this.exhausted ? worker : undefined
  }

  #takeFree(worker: number): number | undefined {
    const first = worker * this.#slots
    for (let slot = first; slot < first + this.#slots; slot++) {
      if (Atomics.compareExchange(this.cells, this.#taken + slot, 0, 1) === 0) return slot
    }
    return undefined
  }

  #note(index: number, value: number): boolean {
    Atomics.store(this.cells, this.#made + (index % this.#places), value)
    return Atomics.load(this.cells, awaited) === index
  }
}
