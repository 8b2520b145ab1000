import { unknownMetric } from '../callbacks/monitored-value.js'
import { EvaluationLoop } from '../loops/evaluation-loop.js'
import type { LimitedLoader } from '../loops/limited-loader.js'
import type { Run } from '../loops/run.js'
import { TrainingError } from '../training-error.js'

/**
 * Tries a few validation batches before training, so that a mistake in them shows now and not an epoch later; then
 * checks that the validation metrics which callbacks watch exist. Leaves no trace: no hook, no row, no count.
 *
 * @param steps batches a loader; −1 for all
 */
export async function sanityCheck(
  run: Run,
  loaders: readonly LimitedLoader[],
  steps: number,
): Promise<void> {
  if (loaders.length === 0 || steps === 0 || run.interrupted()) return
  const { context, dispatcher } = run
  const most = steps === -1 ? Infinity : steps
  const few = loaders.map((each) => ({ ...each, batches: Math.min(each.batches, most) }))
  const loop = new EvaluationLoop(run, 'validation', few)
  context.sanityChecking = true
  context.module.onEvaluationStart('validation')
  await loop.run({ loader: 0, batch: 0 }, true, () => !run.interrupted())
  context.module.onEvaluationStart('validation')
  context.sanityChecking = false
  if (run.interrupted()) return
  const known = loop.means.names
  for (const { monitor, strict = true, name, constructor } of dispatcher.callbacks) {
    if (!strict || !monitor?.startsWith('validation/') || known.includes(monitor)) continue
    const { code, message } = unknownMetric(monitor, known)
    throw new TrainingError(code, `${name ?? constructor.name}: ${message}`)
  }
}
