import { TrainingError } from '../training-error.js'

/** Names that rows have columns of their own for. */
const reserved = ['epoch', 'step', 'samples', 'kind']

/**
 * Checks the name of a metric: it is a column of `metrics.csv`, and a key in `metrics.jsonl` and in checkpoints.
 *
 * @throws TrainingError `INVALID_OPTION` for the name of a column that rows have anyway, for one that every object has
 *   (`__proto__`), for an empty one and for one with control characters
 */
export function assertMetricName(name: string): void {
  const plain = typeof name === 'string' && /^[^\p{Cc}]+$/u.test(name)
  if (plain && !reserved.includes(name) && !(name in Object.prototype)) return
  throw new TrainingError(
    'INVALID_OPTION',
    `log: expected a metric's name that is not one of ${reserved.join(', ')}, nor empty, __proto__ or the like, ` +
      `received ${JSON.stringify(name)}. Name it for example "train/${plain ? name.replaceAll('_', '') : 'acc'}".`,
  )
}
