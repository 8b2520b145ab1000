import type { Callback, MetricMode } from '@ductus/training'
import { loadCallback } from '../classes/load-callback.js'
import { given } from './given.js'
import { recorders } from './recorders.js'
import type { FitValues } from './trainer-options.js'

/**
 * Makes the callbacks of a fit: summary, progress, what ends it, what was asked to be watched, the user's own,
 * checkpoints.
 */
export async function fitCallbacks(values: FitValues): Promise<Callback[]> {
  const { ModelSummary, ProgressBar, Timer } = await import('@ductus/training')
  const { logLinesEveryNSteps: lines, maxTime } = values
  const own: Callback[] = []
  for (const path of values.callback ?? []) own.push(await loadCallback(path))
  return [
    new ModelSummary(),
    new ProgressBar(lines === undefined ? {} : { linesEveryNSteps: lines }),
    ...(maxTime === undefined ? [] : [new Timer({ maxTimeMs: maxTime })]),
    ...(await earlyStopping(values)),
    ...(await recorders(values)),
    ...own,
    await modelCheckpoint(values),
  ]
}

/** Makes what stops a fit by its metric, where anything asks for it. */
async function earlyStopping(values: FitValues): Promise<Callback[]> {
  const { EarlyStopping } = await import('@ductus/training')
  const { stopEarly = 0, stopEarlyMinDelta: minDelta, stopAt, stopBeyond, restoreBest } = values
  const wanted = stopEarly > 0 || stopAt !== undefined || stopBeyond !== undefined || restoreBest
  if (!wanted) return []
  const options = given({
    monitor: values.monitor,
    mode: values.monitorMode as MetricMode | undefined,
    minDelta,
    stoppingThreshold: stopAt,
    divergenceThreshold: stopBeyond,
    restoreBest,
  })
  // 0 is off: the patience never ends.
  return [new EarlyStopping({ ...options, patience: stopEarly || Number.MAX_SAFE_INTEGER })]
}

/** Makes what keeps checkpoints. */
async function modelCheckpoint(values: FitValues): Promise<Callback> {
  const { ModelCheckpoint } = await import('@ductus/training')
  const { monitor, saveTopK, saveLast, saveOnException, checkpointName: filename } = values
  const mode = values.monitorMode as MetricMode | undefined
  return new ModelCheckpoint(
    given({
      ...{ monitor, mode, saveTopK, saveLast, saveOnException, filename },
      everyNSteps: values.checkpointEveryNSteps,
      everyNEpochs: values.checkpointEveryNEpochs,
      everyNMinutes: values.checkpointEveryNMinutes,
    }),
  )
}
