import type { Batch } from './batch.js'
import type { OwnBatches } from './own-batches.js'

/**
 * Goes over batches and makes up to `ahead` of them before they are asked for, in the moments
 * in which the consumer waits for something else (a GPU, a disk).
 */
export async function* prefetched(
  beginOwn: () => OwnBatches,
  from: number,
  to: number,
  ahead: number,
): AsyncGenerator<Batch, void, void> {
  const own = beginOwn()
  let next = from
  let idle: NodeJS.Immediate | undefined
  const work = (): void => {
    idle = undefined
    if (next >= to || own.ready >= ahead) return
    own.make(next++)
    idle = setImmediate(work)
  }
  try {
    for (let index = from; index < to; index++) {
      own.takeBack()
      if (index === next) own.make(next++)
      const batch = own.take(index) as Batch
      if (idle === undefined) idle = setImmediate(work)
      yield batch
    }
  } finally {
    if (idle !== undefined) clearImmediate(idle)
    own.end()
  }
}
