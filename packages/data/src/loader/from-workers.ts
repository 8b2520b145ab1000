import type { WorkerPool } from '../workers/worker-pool.js'
import type { Batch } from './batch.js'

/**
 * Goes over batches that workers make, `ahead` of them at a time; they come in order whoever is first. With `reuse`,
 * a batch's arrays go back to a worker once the next one is asked for.
 */
export async function* fromWorkers(
  pool: WorkerPool,
  request: (index: number) => { indices: Uint32Array; seed: number; epoch: number },
  from: number,
  to: number,
  ahead: number,
  reuse = false,
): AsyncGenerator<Batch, void, void> {
  const coming: Promise<Batch>[] = []
  const spares: Batch[] = []
  let next = from
  for (let index = from; index < to; index++) {
    while (next < to && coming.length < ahead) {
      const batch = pool.request(request(next++), spares.pop())
      // A failure is thrown when its turn comes; until then it is nobody's unhandled rejection.
      batch.catch(() => undefined)
      coming.push(batch)
    }
    const batch = await (coming.shift() as Promise<Batch>)
    yield batch
    if (reuse) spares.push(batch)
  }
}
