import type { Callback } from '@ductus/training'
import { loadCallback } from '../classes/load-callback.js'
import type { FitValues } from './trainer-options.js'

/** Makes the callbacks of a fit: summary, progress, early stopping, the user's own, checkpoints. */
export async function fitCallbacks(values: FitValues): Promise<Callback[]> {
  const { EarlyStopping, ModelCheckpoint, ModelSummary, ProgressBar } =
    await import('@ductus/training')
  const { logLinesEveryNSteps: lines, stopEarly = 0, saveTopK, checkpointEveryNSteps } = values
  const own: Callback[] = []
  for (const path of values.callback ?? []) own.push(await loadCallback(path))
  return [
    new ModelSummary(),
    new ProgressBar(lines === undefined ? {} : { linesEveryNSteps: lines }),
    ...(stopEarly > 0 ? [new EarlyStopping({ patience: stopEarly })] : []),
    ...own,
    new ModelCheckpoint({
      ...(saveTopK === undefined ? {} : { saveTopK }),
      ...(checkpointEveryNSteps === undefined ? {} : { everyNSteps: checkpointEveryNSteps }),
    }),
  ]
}
