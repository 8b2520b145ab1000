import type { OptionTable } from './option-spec.js'
import { group } from './shared-options.js'

/** Options of how a fit learns. */
export const optimisationOptions = {
  optimizer: {
    kind: 'text',
    value: 'name',
    group: group.optimisation,
    text: "Optimizer by name, with PyTorch's formulas and defaults",
    default: 'Adam',
  },
  lr: {
    kind: 'number',
    value: 'rate',
    min: 0,
    aliases: ['learning-rate'],
    group: group.optimisation,
    text: 'Learning rate',
    default: '0.001',
  },
  momentum: {
    kind: 'number',
    value: 'x',
    min: 0,
    group: group.optimisation,
    text: 'Momentum, of SGD and RMSprop',
    default: "the optimizer's",
  },
  'weight-decay': {
    kind: 'number',
    value: 'x',
    min: 0,
    group: group.optimisation,
    text: 'Weight decay',
    default: "the optimizer's",
  },
  'label-smoothing': {
    kind: 'number',
    value: 'share',
    min: 0,
    max: 1,
    group: group.optimisation,
    text: 'Share of the target that is spread over all classes',
    default: '0',
  },
  'accumulate-grad-batches': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.optimisation,
    text: 'Batches whose gradients make one step',
    default: '1',
  },
  'gradient-clip-val': {
    kind: 'number',
    value: 'x',
    min: 0,
    group: group.optimisation,
    text: 'Clip gradients to this; 0 is off',
    default: '0',
  },
  'gradient-clip-algorithm': {
    kind: 'text',
    value: 'how',
    choices: ['norm', 'value'],
    group: group.optimisation,
    text: 'What is clipped: the norm of all gradients together, or each value',
    default: 'norm',
  },
  loss: {
    kind: 'text',
    value: 'name',
    group: group.optimisation,
    text: 'Loss by name',
    choices: ['cross_entropy'],
    default: 'cross_entropy',
  },
} as const satisfies OptionTable
