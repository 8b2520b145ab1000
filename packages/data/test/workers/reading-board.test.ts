import { expect, it } from 'vitest'
import { ReadingBoard } from '../../src/workers/reading-board.js'

const still = new Int32Array(new SharedArrayBuffer(4))

function sleep(ms: number): void {
  Atomics.wait(still, 0, 0, ms)
}

it('says that the reader is busy while it does little but make batches', () => {
  const reader = ReadingBoard.create(2, 2, 0, 10)
  const worker = new ReadingBoard(reader.cells, 2, 2, 10)
  expect(worker.readerBusy()).toBe(false)
  reader.help(() => sleep(50))
  expect(worker.readerBusy()).toBe(true)
  sleep(5)
  expect(worker.readerBusy()).toBe(false)
  reader.help(() => sleep(10))
  sleep(50)
  expect(worker.readerBusy()).toBe(false)
})

it('knows a busy reader when its count of microseconds wraps round', () => {
  const board = ReadingBoard.create(1, 1, 0, 10)
  const helpedCell = 3
  board.cells[helpedCell] = 2 ** 31 - 1
  board.readerBusy()
  board.help(() => sleep(20))
  expect(board.cells[helpedCell]).toBeLessThan(0)
  expect(board.readerBusy()).toBe(true)
})

it('lets a worker stand by for a time, but not when there is nothing left to begin', () => {
  const board = ReadingBoard.create(1, 1, 0, 1)
  const timed = (ms: number): number => {
    const start = performance.now()
    board.standBy(ms)
    return performance.now() - start
  }
  expect(timed(20)).toBeGreaterThan(15)
  board.close()
  expect(board.claim()).toBeUndefined()
  expect(timed(5000)).toBeLessThan(4000)
})

it('has a place for every batch on its way: those in slots, and some of the reader', () => {
  const board = ReadingBoard.create(2, 2, 0, 100)
  const claims = Array.from({ length: 6 }, () => board.claim())
  expect(claims).toEqual([0, 1, 2, 3, 4, 5])
  const taken = [0, 0, 1, 1].map((worker) => board.takeSlot(worker) as number)
  expect(taken).toEqual([0, 1, 2, 3])
  // The reader keeps batches 1 and 2; the workers lay down the others.
  for (const [at, index] of [0, 3, 4, 5].entries()) board.publish(index, taken[at] as number)
  const slots = claims.map((index) => board.slotOf(index as number))
  expect(slots).toEqual([0, undefined, undefined, 1, 2, 3])
})
