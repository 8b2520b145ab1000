import type { Callback, Logger } from '@ductus/training'
import { loadCallback } from '../classes/load-callback.js'
import { usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import type { FitValues } from './trainer-options.js'

/** Makes the callbacks of a fit: summary, progress, what was asked to be watched, the user's own, checkpoints. */
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
    ...(await monitors(values)),
    ...own,
    new ModelCheckpoint({
      ...(saveTopK === undefined ? {} : { saveTopK }),
      ...(checkpointEveryNSteps === undefined ? {} : { everyNSteps: checkpointEveryNSteps }),
    }),
  ]
}

/** Bins of `--parameter-history-histograms`: initial weights of the zoo lie well within. */
const histogramBins = { bins: 100, low: -1, high: 1 }

/** Makes the callbacks that watch and record. */
async function monitors(values: FitValues): Promise<Callback[]> {
  const training = await import('@ductus/training')
  const followsSchedule =
    values.oneCycleMaxLr !== undefined || values.lrSchedule !== undefined || values.warmupSteps
  const { lossHistoryEveryNSteps: loss, parameterHistoryEveryNSteps: parameters } = values
  const { gradientNormEveryNSteps: norm, throughputEveryNSteps: speed } = values
  const { activationStatsEveryNSteps: activations, samplePredictions: samples } = values
  return [
    ...(followsSchedule ? [new training.LearningRateMonitor()] : []),
    ...(values.lrSchedule === 'plateau' ? [new training.ReduceOnPlateau(plateau(values))] : []),
    ...(loss === undefined ? [] : [new training.LossHistory({ everyNSteps: loss })]),
    ...(parameters === undefined
      ? []
      : [
          new training.ParameterHistory({
            everyNSteps: parameters,
            ...(values.parameterHistoryHistograms === true ? { histogram: histogramBins } : {}),
          }),
        ]),
    ...(values.emaDecay === undefined
      ? []
      : [new training.WeightAveraging({ decay: values.emaDecay })]),
    ...(activations === undefined
      ? []
      : [new training.ActivationStats({ everyNSteps: activations })]),
    ...(values.confusionMatrix === true ? [new training.ConfusionMatrix()] : []),
    ...(samples === undefined ? [] : [new training.SamplePredictions({ samples })]),
    ...(norm === undefined ? [] : [new training.GradientNormMonitor({ everyNSteps: norm })]),
    ...(speed === undefined ? [] : [new training.ThroughputMonitor({ everyNSteps: speed })]),
  ]
}

function plateau({ lrSteps, lrGamma }: FitValues) {
  return {
    ...(lrSteps === undefined ? {} : { patience: lrSteps }),
    ...(lrGamma === undefined ? {} : { factor: lrGamma }),
  }
}

/** Makes the loggers that `--logger` names. */
export async function fitLoggers(names: readonly string[] = ['csv']): Promise<Logger[]> {
  const { CSVLogger, JSONLLogger, TensorBoardLogger } = await import('@ductus/training')
  const makers: Record<string, () => Logger> = {
    csv: () => new CSVLogger(),
    jsonl: () => new JSONLLogger(),
    tensorboard: () => new TensorBoardLogger(),
  }
  return names
    .flatMap((name) => name.split(','))
    .map((name) => {
      const make = makers[name.toLowerCase()]
      if (make) return make()
      throw usageError(`Option --logger: ${unknownName('logger', name, Object.keys(makers))}`)
    })
}
