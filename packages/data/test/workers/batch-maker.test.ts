import { MessageChannel } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import type { Dataset } from '@ductus/data'
import { BatchMaker } from '../../src/workers/batch-maker.js'
import { ReadingBoard } from '../../src/workers/reading-board.js'

const still = new Int32Array(new SharedArrayBuffer(4))

/** Milliseconds from one batch to the next that the second of two workers makes while the reader is busy. */
async function gaps(cores: number): Promise<number[]> {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port2.close())
  const board = ReadingBoard.create(2, 6, 0, 100)
  const made: number[] = []
  const dataset: Dataset = {
    length: 100,
    xShape: [1],
    yShape: [],
    fill() {
      made.push(performance.now())
      // The reader makes a batch in as long.
      board.help(() => void Atomics.wait(still, 0, 0, 20))
    },
  }
  const maker = new BatchMaker({ worker: 1, workers: 2 }, cores, Promise.resolve(dataset), port1)
  const order = Uint32Array.from({ length: 100 }, (_, i) => i)
  const plan = { order, batchSize: 1, seed: 0, epoch: 0, from: 0, to: 100 }
  await maker.take({ begin: 0, plan, board: board.cells, slots: 6 })
  expect(made).toHaveLength(6)
  return made.slice(1).map((at, i) => at - (made[i] as number))
}

it('stands by where a busy reader takes the last core, and not where there is one more', async () => {
  expect(Math.min(...(await gaps(2)))).toBeGreaterThan(35)
  expect(Math.min(...(await gaps(3)))).toBeLessThan(35)
})
