import { sizeOf, type Dataset } from '../datasets/dataset.js'
import type { ReadingPlan } from '../workers/messages.js'
import type { WorkerPool } from '../workers/worker-pool.js'
import type { Batch } from './batch.js'

/**
 * Goes over batches that workers make, `ahead` of them a worker; they come in order whoever is first. With `reuse` a
 * batch's inputs are where the worker wrote them, and are filled again once the next one is asked for or the data are
 * read again; otherwise they are copied. Targets, which are few, always are: not everything takes them from shared memory.
 */
export async function* fromWorkers(
  pool: WorkerPool,
  plan: ReadingPlan,
  dataset: Dataset,
  ahead: number,
  reuse = false,
): AsyncGenerator<Batch, void, void> {
  const { from, to, batchSize, order } = plan
  const [xSize, ySize] = [sizeOf(dataset.xShape), sizeOf(dataset.yShape)]
  const reading = pool.read(plan, Math.min(ahead + 1, to - from))
  try {
    for (let index = from; index < to; index++) {
      const { slot, arrays } = await reading.take(index)
      const size = Math.min(batchSize, order.length - (index - from) * batchSize)
      const end = size * xSize
      const x = reuse ? arrays.x.subarray(0, end) : arrays.x.slice(0, end)
      const y = arrays.y.slice(0, size * ySize)
      if (!reuse) reading.free(index, slot)
      yield { x, xShape: [size, ...dataset.xShape], y, yShape: [size, ...dataset.yShape], size }
      if (reuse) reading.free(index, slot)
    }
  } finally {
    reading.end()
  }
}
