import { expect, it } from 'vitest'
import { ReadingBoard } from '../../src/workers/reading-board.js'

function timed(what: () => boolean): { value: boolean; ms: number } {
  const start = performance.now()
  const value = what()
  return { value, ms: performance.now() - start }
}

it('lets a worker stand by while the reader makes batches, and no longer', () => {
  const reader = ReadingBoard.create(2, 2, 0, 10)
  const worker = new ReadingBoard(reader.cells, 2, 2, 10)
  expect(worker.standBy(1000)).toBe(false)
  reader.whileHelping(() => expect(timed(() => worker.standBy(20)).value).toBe(true))
  const once = timed(() => worker.standBy(20))
  expect(once.value).toBe(true)
  expect(once.ms).toBeGreaterThan(15)
  expect(timed(() => worker.standBy(10_000))).toMatchObject({ value: false })
})

it('lets nobody stand by when there is nothing left to begin', () => {
  const board = ReadingBoard.create(1, 1, 0, 1)
  board.whileHelping(() => undefined)
  board.close()
  expect(board.standBy(10_000)).toBe(false)
  expect(board.claim()).toBeUndefined()
})

it('has a place for every batch on its way: those in slots, and as many of the reader', () => {
  const [workers, slots, to] = [2, 2, 100]
  const board = ReadingBoard.create(workers, slots, 0, to)
  const claims = Array.from({ length: 6 }, () => board.claim())
  expect(claims).toEqual([0, 1, 2, 3, 4, 5])
  const taken = [0, 0, 1, 1].map((worker) => board.takeSlot(worker) as number)
  expect(taken).toEqual([0, 1, 2, 3])
  // The reader keeps batches 1 and 2; the workers lay down the others.
  for (const [at, index] of [0, 3, 4, 5].entries()) board.publish(index, taken[at] as number)
  expect([0, 1, 2, 3, 4, 5].map((index) => board.slotOf(index))).toEqual([
    0,
    undefined,
    undefined,
    1,
    2,
    3,
  ])
})
