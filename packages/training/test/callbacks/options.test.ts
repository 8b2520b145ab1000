import {
  ActivationStats,
  EarlyStopping,
  GradientNormMonitor,
  LossHistory,
  ModelCheckpoint,
  ParameterHistory,
  ReduceOnPlateau,
  SamplePredictions,
  ThroughputMonitor,
  Timer,
  WeightAveraging,
} from '@ductus/training'
import { expect, it } from 'vitest'

it.each([
  [
    () => new LossHistory({ everyNSteps: 0 }),
    'LossHistory: expected everyNSteps to be a whole number of at least 1, received 0. The default is 10.',
  ],
  [() => new ParameterHistory({ everyNSteps: 1.5 }), 'ParameterHistory: expected everyNSteps'],
  [
    () => new ParameterHistory({ histogram: { bins: 0, low: -1, high: 1 } }),
    'ParameterHistory: expected histogram.bins to be a whole number of at least 1, received 0.',
  ],
  [
    () => new ParameterHistory({ histogram: { bins: 9, low: 1, high: 1 } }),
    'ParameterHistory: expected histogram.high to be a finite number above low (1), received 1.',
  ],
  [() => new GradientNormMonitor({ everyNSteps: -1 }), 'GradientNormMonitor: expected everyNSteps'],
  [() => new ThroughputMonitor({ everyNSteps: NaN }), 'ThroughputMonitor: expected everyNSteps'],
  [() => new ActivationStats({ everyNSteps: 0 }), 'ActivationStats: expected everyNSteps'],
  [() => new SamplePredictions({ samples: 0 }), 'SamplePredictions: expected samples'],
  [
    () => new WeightAveraging({ decay: 1.1 }),
    'WeightAveraging: expected decay to be a number from 0 to 1, received 1.1. The default is 0.999.',
  ],
  [() => new ReduceOnPlateau({ factor: 1 }), 'ReduceOnPlateau: expected factor'],
  [() => new ReduceOnPlateau({ patience: -1 }), 'ReduceOnPlateau: expected patience'],
  [() => new EarlyStopping({ patience: 0.5 }), 'EarlyStopping: expected patience'],
  [() => new ModelCheckpoint({ everyNMinutes: -1 }), 'ModelCheckpoint: expected everyNMinutes'],
  [
    () => new Timer({ maxTimeMs: 0 }),
    'Timer: expected maxTimeMs to be a number above 0, received 0. The default is no limit.',
  ],
])('an option out of range is refused when the callback is made: %s', (make, message) => {
  expect(make).toThrow(message)
})
