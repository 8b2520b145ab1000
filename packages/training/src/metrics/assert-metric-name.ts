import { TrainingError } from '../training-error.js'

/** Names that rows have columns of their own for. */
const reserved = ['epoch', 'step', 'samples', 'kind']

/** Names that were checked: a step logs the same ones again and again. */
const checked = new Set<string>()

/**
 * Checks the name of a metric: it is a column of `metrics.csv`, and a key in `metrics.jsonl` and in checkpoints.
 *
 * @throws TrainingError `INVALID_OPTION` for the name of a column that rows have anyway, for one that every object has
 *   (`__proto__`), for an empty one and for one with control characters
 */
export function assertMetricName(name: string): void {
  if (checked.has(name)) return
  const plain = typeof name === 'string' && /^[^\p{Cc}]+$/u.test(name)
  if (plain && !reserved.includes(name) && !(name in Object.prototype)) {
    if (checked.size < 1000) checked.add(name)
    return
  }
  throw new TrainingError(
    'INVALID_OPTION',
    `log: expected a metric's name that is not one of ${reserved.join(', ')}, nor empty, __proto__ or the like, ` +
      `received ${JSON.stringify(name)}. Name it for example "train/${plain ? name.replaceAll('_', '') : 'acc'}".`,
  )
}
