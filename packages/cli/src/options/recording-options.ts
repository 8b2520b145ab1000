import type { OptionTable } from './option-spec.js'
import { group } from './shared-options.js'

/** Options of what a fit records beside its metrics. */
export const recordingOptions = {
  'loss-history-every-n-steps': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.output,
    text: 'Write the loss of steps 0, n, 2n … to the run folder',
  },
  'parameter-history-every-n-steps': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.output,
    text: 'Write every weight after steps 0, n, 2n … to the run folder',
  },
  'parameter-history-histograms': {
    kind: 'flag',
    group: group.output,
    text: 'Write counts of weights in 100 bins from -1 to 1 instead of the weights',
  },
  'activation-stats-every-n-steps': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.output,
    text: "Write each layer's mean, deviation, dead and saturated share to activation-stats.csv",
  },
  'confusion-matrix': {
    kind: 'flag',
    group: group.output,
    text: 'Write the confusion matrix of each validation and of the test to confusion-matrix.jsonl',
  },
  'sample-predictions': {
    kind: 'integer',
    value: 'n',
    min: 1,
    optional: true,
    preset: '16',
    group: group.output,
    text: 'Write how the first n validation samples are read after each epoch, with their images, to sample-predictions/; alone it means 16',
  },
  'gradient-norm-every-n-steps': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.output,
    text: 'Log the norm of all gradients as grad/norm',
  },
  'throughput-every-n-steps': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.output,
    text: 'Write samples a second and memory to throughput.csv',
  },
  'detect-leaks': {
    kind: 'flag',
    group: group.output,
    text: 'End the run with an error at a step that leaves tensors behind',
  },
} as const satisfies OptionTable
