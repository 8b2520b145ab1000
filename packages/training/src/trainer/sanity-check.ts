import { EvaluationLoop } from '../loops/evaluation-loop.js'
import type { LimitedLoader } from '../loops/limited-loader.js'
import type { Run } from '../loops/run.js'

/**
 * Tries a few validation batches before training, so that a mistake in them shows now and not an epoch later.
 * Leaves no trace: no hook, no row, no count.
 *
 * @param steps batches a loader; −1 for all
 * @returns names of the metrics that they logged
 */
export async function sanityCheck(
  run: Run,
  loaders: readonly LimitedLoader[],
  steps: number,
): Promise<string[]> {
  if (loaders.length === 0 || steps === 0 || run.interrupted()) return []
  const { context } = run
  const most = steps === -1 ? Infinity : steps
  const few = loaders.map((each) => ({ ...each, batches: Math.min(each.batches, most) }))
  const loop = new EvaluationLoop(run, 'validation', few)
  context.sanityChecking = true
  context.module.onEvaluationStart('validation')
  await loop.run({ loader: 0, batch: 0 }, true, () => !run.interrupted())
  context.module.onEvaluationStart('validation')
  context.sanityChecking = false
  return [...loop.means.names]
}
