import { nearestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'
import type { TrainerContext } from './trainer-context.js'

/**
 * Reads the metric that a callback watches, if this moment brought it.
 *
 * @param closing whether an epoch has just ended: a metric that is unknown by then never comes
 * @throws TrainingError `UNKNOWN_METRIC` listing those that are there
 */
export function monitoredValue(
  context: TrainerContext,
  monitor: string,
  closing: boolean,
): number | undefined {
  const value = context.fresh[monitor]
  if (value === undefined && closing && !(monitor in context.metrics)) {
    // Validation may come in a later epoch.
    const validates = Object.keys(context.metrics).some((name) => name.startsWith('validation/'))
    if (validates || !monitor.startsWith('validation/')) {
      throw unknownMetric(monitor, Object.keys(context.metrics))
    }
  }
  return value
}

/** Reports a monitored metric that does not exist. */
export function unknownMetric(monitor: string, known: readonly string[]): TrainingError {
  const nearest = nearestName(monitor, known)
  return new TrainingError(
    'UNKNOWN_METRIC',
    `expected monitor to be one of ${known.join(', ') || '(none yet)'}, received "${monitor}". ` +
      (nearest ? `Did you mean ${nearest}?` : 'Log it in the module, or watch another.'),
  )
}
