import type { Callback, MetricMode } from '@ductus/training'
import { given } from './given.js'
import type { FitValues } from './trainer-options.js'

/** Bins of `--parameter-history-histograms`: initial weights of the zoo lie well within. */
const histogramBins = { bins: 100, low: -1, high: 1 }

/** Makes the callbacks that watch and record what the command line asks for. */
export async function recorders(values: FitValues): Promise<Callback[]> {
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
      : [
          new training.WeightAveraging(given({ decay: values.emaDecay, warmUp: values.emaWarmUp })),
        ]),
    ...(activations === undefined
      ? []
      : [new training.ActivationStats({ everyNSteps: activations })]),
    ...(values.confusionMatrix === true ? [new training.ConfusionMatrix()] : []),
    ...(samples === undefined ? [] : [new training.SamplePredictions({ samples })]),
    ...(norm === undefined ? [] : [new training.GradientNormMonitor({ everyNSteps: norm })]),
    ...(speed === undefined ? [] : [new training.ThroughputMonitor({ everyNSteps: speed })]),
  ]
}

function plateau({ lrSteps: patience, lrGamma: factor, monitor, monitorMode }: FitValues) {
  return given({ patience, factor, monitor, mode: monitorMode as MetricMode | undefined })
}
