import { limitedBatches, type BatchLimit } from '../data/batch-limit.js'
import type { LimitedLoader } from '../loops/limited-loader.js'
import type { Reporter } from '../reporters/reporter.js'
import { TrainingError } from '../training-error.js'

/** A pass, and the option that limits its batches. */
export interface PassLimit {
  /** Such as `Trainer.fit`. */
  where: string
  part: 'training' | 'validation' | 'test'
  option: string
  limit: BatchLimit | undefined
}

/**
 * Refuses a pass over nothing, before it starts. Where it was asked for, by a limit of 0, that is a warning.
 *
 * @throws TrainingError `NO_DATA`, with why there are no batches and what to do
 */
export function checkNotEmpty(
  loaders: readonly LimitedLoader[],
  { where, part, option, limit }: PassLimit,
  reporter: Reporter,
): void {
  if (loaders.some(({ batches }) => batches > 0)) return
  if (isNone(limit)) {
    reporter.warn(`${where}: ${option} is 0, so there is no ${part} batch and no result.`)
    return
  }
  const { received, fix } = reason(loaders[0], part)
  throw new TrainingError(
    'NO_DATA',
    `${where}: expected at least one ${part} batch, received ${received}. ` +
      `${fix}, or set ${option} to 0 where that is meant.`,
  )
}

/** Whether a limit leaves no batch, however many there are. */
export function isNone(limit: BatchLimit | undefined): boolean {
  return limitedBatches(1, limit) === 0
}

function reason(
  limited: LimitedLoader | undefined,
  part: PassLimit['part'],
): { received: string; fix: string } {
  if (!limited) return { received: 'none', fix: `Give data with ${part} samples` }
  const { dataset, batchSize } = limited.loader
  const samples = dataset?.length ?? 0
  if (samples === 0 || batchSize === undefined) {
    return { received: 'data of 0 samples', fix: `Give data with ${part} samples` }
  }
  return {
    received: `${samples} samples, fewer than one batch of ${batchSize}, where the last batch is dropped`,
    fix: 'Lower the batch size, or keep the last batch (dropLast: false)',
  }
}
