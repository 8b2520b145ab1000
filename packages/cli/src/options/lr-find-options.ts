import { optimisationOptions } from './optimisation-options.js'
import type { OptionTable } from './option-spec.js'
import {
  commonOptions,
  dataOptions,
  engineOptions,
  group,
  loaderOptions,
  modelOptions,
  seed,
} from './shared-options.js'

const { optimizer, momentum, 'weight-decay': weightDecay, loss } = optimisationOptions

/** Options of `lr-find`. */
export const lrFindOptions = {
  ...modelOptions,
  ...dataOptions,
  ...loaderOptions,
  'min-lr': {
    kind: 'number',
    value: 'rate',
    group: group.optimisation,
    text: 'Rate that the sweep starts with',
    default: '1e-8',
  },
  'max-lr': {
    kind: 'number',
    value: 'rate',
    group: group.optimisation,
    text: 'Rate that the sweep ends with',
    default: '1',
  },
  steps: {
    kind: 'integer',
    value: 'n',
    min: 3,
    group: group.optimisation,
    text: 'Steps of the sweep',
    default: '100',
  },
  out: {
    kind: 'text',
    value: 'file',
    short: 'o',
    group: group.output,
    text: 'Draw the curve into a file: .svg, .png or .html',
  },
  optimizer,
  momentum,
  'weight-decay': weightDecay,
  loss,
  ...engineOptions,
  ...seed,
  ...commonOptions,
} as const satisfies OptionTable
