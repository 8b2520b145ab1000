import { TrainingError } from '../training-error.js'

/**
 * Limits batches: a whole number is a count (1 = one batch), a number between 0 and 1 a fraction of them.
 * `{ batches }` and `{ fraction }` say which where 1 could mean both.
 */
export type BatchLimit = number | { batches: number } | { fraction: number }

/** Says whether `value` is a limit that `limitedBatches` takes. */
export function isBatchLimit(value: unknown): value is BatchLimit {
  if (typeof value === 'number') {
    return value >= 0 && (Number.isInteger(value) || value < 1) && Number.isFinite(value)
  }
  if (typeof value !== 'object' || value === null) return false
  if ('batches' in value) return Number.isInteger(value.batches) && (value.batches as number) >= 0
  if (!('fraction' in value) || typeof value.fraction !== 'number') return false
  return value.fraction >= 0 && value.fraction <= 1
}

/**
 * Counts the batches that a limit leaves of `length`.
 *
 * @returns min(count, length), or ⌊fraction · length⌋ but at least 1; all where there is no limit
 * @throws TrainingError `INVALID_OPTION`
 */
export function limitedBatches(length: number, limit: BatchLimit | undefined): number {
  if (limit === undefined) return length
  if (!isBatchLimit(limit)) {
    throw new TrainingError(
      'INVALID_OPTION',
      `Trainer: expected a batch limit that is a whole number, a fraction between 0 and 1, { batches } or ` +
        `{ fraction }, received ${JSON.stringify(limit)}. Give 10 for ten batches or 0.1 for a tenth.`,
    )
  }
  if (typeof limit === 'number' && Number.isInteger(limit)) return Math.min(limit, length)
  if (typeof limit === 'object' && 'batches' in limit) return Math.min(limit.batches, length)
  const fraction = typeof limit === 'number' ? limit : limit.fraction
  return fraction === 0 || length === 0 ? 0 : Math.max(1, Math.floor(fraction * length))
}
