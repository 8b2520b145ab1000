import { sizeOf, type Dataset } from '../datasets/dataset.js'
import type { ReadingPlan } from '../workers/messages.js'
import type { WorkerPool } from '../workers/worker-pool.js'
import type { Batch } from './batch.js'
import type { BatchArrays } from './batch-arrays.js'
import type { OwnBatches } from './own-batches.js'

/**
 * Goes over batches that workers make, `ahead` of them a worker; they come in order whoever is first. A reader that would
 * have to wait makes batches too, `ahead` of them. With `reuse` a batch's inputs are where they were written, and are filled
 * again once the next one is asked for or the data are read again; otherwise they are copied. Workers' targets, which are
 * few, always are: not everything takes them from shared memory.
 */
export async function* fromWorkers(
  pool: WorkerPool,
  plan: ReadingPlan,
  dataset: Dataset,
  ahead: number,
  beginOwn: () => OwnBatches,
  reuse: boolean,
): AsyncGenerator<Batch, void, void> {
  const { from, to } = plan
  const reading = pool.read(plan, Math.min(ahead + 1, to - from))
  const own = beginOwn()
  const make = (index: number): void => own.make(index)
  let lent: number | undefined
  const giveBack = (index: number): void => {
    own.takeBack()
    if (lent !== undefined) reading.free(index, lent)
    lent = undefined
  }
  const take = (index: number): Batch | undefined => {
    const mine = own.take(index)
    if (mine !== undefined) return mine
    const made = reading.made(index)
    if (made === undefined) return undefined
    const batch = batchIn(made.arrays, plan, dataset, index, reuse)
    if (reuse) lent = made.slot
    else reading.free(index, made.slot)
    return batch
  }
  try {
    for (let index = from; index < to; index++) {
      let batch: Batch | undefined
      while ((batch = take(index)) === undefined) {
        const helped = own.ready < ahead && (await reading.help(make))
        if (!helped) await reading.wait(index)
      }
      yield batch
      giveBack(index)
    }
  } finally {
    own.end()
    reading.end()
  }
}

/** Gives a batch in a worker's memory as it lies there, or copied. */
function batchIn(
  { x, y }: BatchArrays,
  { from, batchSize, order }: ReadingPlan,
  dataset: Dataset,
  index: number,
  inPlace: boolean,
): Batch {
  const size = Math.min(batchSize, order.length - (index - from) * batchSize)
  const end = size * sizeOf(dataset.xShape)
  return {
    x: inPlace ? x.subarray(0, end) : x.slice(0, end),
    xShape: [size, ...dataset.xShape],
    y: y.slice(0, size * sizeOf(dataset.yShape)),
    yShape: [size, ...dataset.yShape],
    size,
  }
}
