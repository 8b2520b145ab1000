import { useBackend } from '@ductus/backend'
import {
  ActivationStats,
  ConfusionMatrix,
  CSVLogger,
  EarlyStopping,
  GradientNormMonitor,
  JSONLLogger,
  LearningRateMonitor,
  LossHistory,
  ParameterHistory,
  ReduceOnPlateau,
  SamplePredictions,
  stepLr,
  WeightAveraging,
  type TrainerOptions,
} from '@ductus/training'
import { describe, expect, it } from 'vitest'
import { base, fitWithStops, type Parts } from '../test/support/fit-with-stops.js'
import { toyData } from '../test/support/toy-data.js'

describe('a run that is stopped and taken up again', () => {
  const later = { ...base, gradientClip: { value: 0.5 } }

  it.each<[string, Parts, TrainerOptions]>([
    ['a schedule by step', { learning: { oneCycleMaxLr: 0.05, oneCycleTotalSteps: 4 } }, later],
    [
      'a schedule by epoch',
      {
        learning: {
          optimizer: 'SGD',
          optimizerOptions: { momentum: 0.9, nesterov: true },
          schedule: stepLr({ lr: 0.1, stepSize: 1 }),
          scheduleInterval: 'epoch',
        },
      },
      later,
    ],
    [
      'several validation loaders',
      {
        data: () => ({
          ...toyData(),
          valDataLoader: () => ({
            main: toyData().valDataLoader(),
            other: toyData({ seed: 2 }).valDataLoader(),
          }),
        }),
      },
      base,
    ],
    [
      'all that callbacks remember',
      {
        callbacks: () => [
          new EarlyStopping({ patience: 1, minDelta: 0.5, restoreBest: true }),
          new ReduceOnPlateau({ patience: 0, threshold: 0.5 }),
          new WeightAveraging({ decay: 0.5 }),
          new LearningRateMonitor(),
          new LossHistory({ everyNSteps: 1 }),
          new ParameterHistory({ everyNSteps: 2 }),
          new ActivationStats({ everyNSteps: 1 }),
          new ConfusionMatrix(),
          new SamplePredictions({ samples: 25 }),
          new GradientNormMonitor({ everyNSteps: 1 }),
        ],
      },
      { ...base, minEpochs: 2, loggers: [new CSVLogger(), new JSONLLogger()] },
    ],
  ])('gives the same bits with %s', async (_, parts, options) => {
    await useBackend('cpu')
    const whole = await fitWithStops([], options, parts)
    for (const stop of [2, 5, 6, 8, 13, 16, 19]) {
      expect(await fitWithStops([stop], options, parts)).toEqual(whole)
    }
  })
})
