import type { OptionTable } from './option-spec.js'
import { group } from './shared-options.js'

/** Options of which checkpoints a fit keeps. */
export const savingOptions = {
  monitor: {
    kind: 'text',
    value: 'metric',
    group: group.run,
    text: 'Metric that says which checkpoints are best, when to stop early and when to lower the rate (validation/acc)',
    default: 'validation/loss, or train/loss where nothing is validated',
  },
  'monitor-mode': {
    kind: 'text',
    value: 'way',
    choices: ['min', 'max'],
    group: group.run,
    text: 'Whether less or more of --monitor is better',
    default: 'what the metric is declared as, or its name says',
  },
  'save-top-k': {
    kind: 'integer',
    value: 'k',
    min: -1,
    group: group.run,
    text: 'Best checkpoints to keep, by --monitor; -1 for all',
    default: '5',
  },
  'checkpoint-every-n-steps': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.run,
    text: 'Steps between writings of the last checkpoint',
    default: "at each epoch's end",
  },
  'checkpoint-every-n-epochs': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.run,
    text: 'Epochs between looks at which checkpoints are best',
    default: '1',
  },
  'checkpoint-every-n-minutes': {
    kind: 'number',
    value: 'n',
    min: 0,
    group: group.run,
    text: 'Minutes between writings of the last checkpoint',
  },
  'checkpoint-name': {
    kind: 'text',
    value: 'template',
    group: group.run,
    text: 'Names of the best checkpoints: {epoch:04}, {step:08} and any metric, such as {validation/acc:.4f}',
    default: '{epoch:04}-{<the metric>:.3f}',
  },
  'save-last': {
    kind: 'flag',
    group: group.run,
    text: 'Keep the last checkpoint, which --resume goes on from',
    default: 'true',
  },
  'save-on-exception': {
    kind: 'flag',
    group: group.run,
    text: 'Write a checkpoint of the fit as it stands when an error ends it',
    default: 'true',
  },
} as const satisfies OptionTable
