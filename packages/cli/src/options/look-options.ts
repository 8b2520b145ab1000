import type { OptionTable } from './option-spec.js'
import {
  commonOptions,
  dataOptions,
  engineOptions,
  group,
  modelOptions,
  seed,
} from './shared-options.js'

/** Options of `data show`. */
export const dataShowOptions = {
  'data-dir': dataOptions['data-dir'],
  index: {
    kind: 'integer',
    value: 'i',
    min: 0,
    group: group.data,
    text: 'Training item to show',
    default: 'drawn by --seed',
  },
  ...seed,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `data prepare`. */
export const dataPrepareOptions = {
  'data-dir': dataOptions['data-dir'],
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `models describe`. */
export const modelsDescribeOptions = {
  data: { ...dataOptions.data, text: 'Data module whose dimensions the model takes' },
  ...seed,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `describe`. */
export const describeOptions = {
  model: { ...modelOptions.model, default: 'none: say --model or --layers' },
  layers: {
    kind: 'text',
    value: 'text',
    group: group.what,
    text: "A network in words: 'conv 8 3 s2 p1; relu; maxpool 2; flatten; dense 10'",
  },
  data: { ...dataOptions.data, text: 'Data module whose dimensions and classes the model takes' },
  input: {
    kind: 'text',
    value: 'size',
    group: group.what,
    text: 'Size of an image: height x width x channels',
    default: "the data module's",
  },
  batch: {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.what,
    text: 'Images a batch, for memory',
    default: '1',
  },
  unit: {
    kind: 'text',
    value: 'place',
    group: group.what,
    text: 'Trace one unit back to the input: [layer:]row,column[,channel]',
  },
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `data sentences`. */
export const sentencesOptions = {
  'max-length': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.data,
    text: 'Characters a sentence has at most',
    default: '32',
  },
  count: {
    kind: 'integer',
    value: 'n',
    min: 1,
    short: 'n',
    group: group.data,
    text: 'Sentences to draw',
    default: '4',
  },
  'text-file': {
    kind: 'text',
    value: 'path',
    group: group.data,
    text: 'A text in UTF-8 to draw them from',
    default: 'the Brown corpus',
  },
  'data-dir': dataOptions['data-dir'],
  ...seed,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `doctor`. */
export const doctorOptions = {
  ops: {
    kind: 'flag',
    group: group.engine,
    text: 'List which operations have a kernel of their own and which fall back',
  },
  backend: engineOptions.backend,
  threads: engineOptions.threads,
  isa: engineOptions.isa,
  ...commonOptions,
} as const satisfies OptionTable
