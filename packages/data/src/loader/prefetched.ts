import type { Batch } from './batch.js'

/**
 * Goes over batches and makes up to `ahead` of them before they are asked for, in the moments
 * in which the consumer waits for something else (a GPU, a disk). With `reuse`, a batch's arrays serve
 * again once the next one is asked for.
 */
export async function* prefetched(
  make: (index: number, spare?: Batch) => Batch,
  from: number,
  to: number,
  ahead: number,
  reuse = false,
): AsyncGenerator<Batch, void, void> {
  const ready: Batch[] = []
  let spare: Batch | undefined
  const makeNext = (): Batch => {
    const made = make(next++, spare)
    spare = undefined
    return made
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
      const batch = ready.shift()
      if (batch === undefined && failure !== undefined) throw failure.error
      const given = batch ?? makeNext()
      if (idle === undefined) idle = setImmediate(work)
      yield given
      if (reuse) spare = given
    }
  } finally {
    if (idle !== undefined) clearImmediate(idle)
  }
}
