import type { BatchArrays } from './batch-arrays.js'
import type { Batch } from './batch.js'

/** Where arrays that serve again come from and go to. */
export interface ArraySource {
  /** Those of earlier readings; a reading takes them all and puts back what it has when it ends. */
  spares: BatchArrays[]
  newArrays(): BatchArrays
}

interface Made {
  batch: Batch
  arrays: BatchArrays | undefined
}

/**
 * Goes over batches and makes up to `ahead` of them before they are asked for, in the moments
 * in which the consumer waits for something else (a GPU, a disk). With a source, a batch's arrays serve
 * again once the next one is asked for, or the data are read again.
 */
export async function* prefetched(
  make: (index: number, arrays?: BatchArrays) => Batch,
  from: number,
  to: number,
  ahead: number,
  source?: ArraySource,
): AsyncGenerator<Batch, void, void> {
  const spares = source?.spares.splice(0) ?? []
  const ready: Made[] = []
  let given: Made | undefined
  const makeNext = (): Made => {
    const arrays = spares.pop() ?? source?.newArrays()
    return { batch: make(next++, arrays), arrays }
  }
  const putBack = (made: Made | undefined): void => {
    if (made?.arrays !== undefined) spares.push(made.arrays)
  }
  let next = from
  let idle: NodeJS.Immediate | undefined
  let failure: { error: unknown } | undefined
  const work = (): void => {
    idle = undefined
    if (next >= to || ready.length >= ahead || failure !== undefined) return
    try {
      ready.push(makeNext())
    } catch (error) {
      failure = { error }
    }
    idle = setImmediate(work)
  }
  try {
    for (let index = from; index < to; index++) {
      putBack(given)
      given = ready.shift()
      if (given === undefined && failure !== undefined) throw failure.error
      given ??= makeNext()
      if (idle === undefined) idle = setImmediate(work)
      yield given.batch
    }
  } finally {
    if (idle !== undefined) clearImmediate(idle)
    for (const made of [given, ...ready]) putBack(made)
    source?.spares.push(...spares)
  }
}
