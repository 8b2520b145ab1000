import type { OptionTable } from './option-spec.js'
import { commonOptions, engineOptions } from './shared-options.js'
import { evaluateOptions } from './checkpoint-options.js'
import { pictureFile, pictureGroup } from './picture-file-options.js'

const place = { name: evaluateOptions.name, 'root-dir': evaluateOptions['root-dir'] } as const

const fromRun = {
  checkpoint: {
    ...evaluateOptions.checkpoint,
    text: 'Checkpoint: its folder, best or last (of the run)',
    default: 'the best one of the run',
  },
  model: evaluateOptions.model,
  data: evaluateOptions.data,
  'data-dir': evaluateOptions['data-dir'],
  ...engineOptions,
  ...place,
} as const satisfies OptionTable

const samples = {
  samples: {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: pictureGroup.what,
    text: 'Test samples to read for the results',
    default: '2000',
  },
} as const satisfies OptionTable

/** Options of `report`. */
export const reportOptions = {
  out: { ...pictureFile.out, text: 'File to write', default: 'report.html in the run folder' },
  ...samples,
  'run-only': {
    kind: 'flag',
    group: pictureGroup.what,
    text: 'Show the run folder alone: load no checkpoint for results, samples, kernels and feature maps',
  },
  ...fromRun,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `watch`. */
export const watchOptions = {
  port: {
    kind: 'integer',
    value: 'n',
    min: 0,
    max: 65_535,
    group: pictureGroup.run,
    text: 'Port on 127.0.0.1; 0 takes a free one',
    default: '6006',
  },
  ...place,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz data`. */
export const vizDataOptions = {
  count: {
    kind: 'integer',
    value: 'n',
    min: 1,
    max: 400,
    group: pictureGroup.what,
    text: 'Images to draw',
    default: '100; 9 lines',
  },
  split: {
    kind: 'text',
    value: 'name',
    choices: ['train', 'validation', 'test'],
    group: pictureGroup.what,
    text: 'Part of the data',
    default: 'test',
  },
  captions: {
    kind: 'text',
    value: 'how',
    choices: ['short', 'words', 'none'],
    group: pictureGroup.picture,
    text: 'What stands under an image',
    default: 'short',
  },
  terminal: {
    kind: 'flag',
    group: pictureGroup.picture,
    text: 'Draw in the terminal, and write no file',
  },
  ...pictureFile,
  'data-dir': evaluateOptions['data-dir'],
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz spreadsheet`. */
export const vizSpreadsheetOptions = {
  index: {
    kind: 'integer',
    value: 'i',
    min: 0,
    group: pictureGroup.what,
    text: 'Which image of the part',
    default: '0',
  },
  split: vizDataOptions.split,
  rows: {
    kind: 'text',
    value: 'from:to',
    group: pictureGroup.what,
    text: 'Rows to show, the last one left out: 0:13, 5: or :13',
    default: 'all',
  },
  cols: {
    kind: 'text',
    value: 'from:to',
    group: pictureGroup.what,
    text: 'Columns to show, the last one left out',
    default: 'all',
  },
  channel: {
    kind: 'integer',
    value: 'c',
    min: 0,
    group: pictureGroup.what,
    text: 'Channel to show',
    default: '0',
  },
  ...pictureFile,
  'data-dir': evaluateOptions['data-dir'],
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz kernels`, `viz network` and `viz history`. */
export const vizRunOptions = {
  layer: {
    kind: 'text',
    value: 'name',
    group: pictureGroup.what,
    text: 'One layer by name',
    default: 'all of its kind',
  },
  ...pictureFile,
  ...fromRun,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz features`. */
export const vizFeaturesOptions = {
  image: {
    kind: 'text',
    value: 'file',
    group: pictureGroup.what,
    text: 'Image to look at, prepared as `predict` does',
    default: 'a test image of the data',
  },
  index: {
    kind: 'integer',
    value: 'i',
    min: 0,
    group: pictureGroup.what,
    text: 'Which test image, without --image',
    default: '0',
  },
  ...vizRunOptions,
} as const satisfies OptionTable

/** Options of `viz confusion`. */
export const vizConfusionOptions = {
  cells: {
    kind: 'text',
    value: 'what',
    choices: ['counts', 'shares', 'none'],
    group: pictureGroup.picture,
    text: 'What the cells say',
    default: 'counts, as far as there is room',
  },
  order: {
    kind: 'text',
    value: 'how',
    choices: ['given', 'confusion'],
    group: pictureGroup.picture,
    text: 'Order of the classes: as given, or what is mixed up side by side',
    default: 'given',
  },
  ...samples,
  ...pictureFile,
  ...fromRun,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz lines`. */
export const vizLinesOptions = {
  count: {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: pictureGroup.picture,
    text: 'Test lines to draw',
    default: '8',
  },
  ...pictureFile,
  ...fromRun,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz samples`. */
export const vizSamplesOptions = {
  ...pictureFile,
  ...place,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz curves`. */
export const vizCurvesOptions = {
  metric: {
    kind: 'list',
    value: 'name',
    group: pictureGroup.what,
    text: 'A metric, such as validation/loss; may be given several times',
  },
  rolling: {
    kind: 'integer',
    value: 'n',
    min: 0,
    group: pictureGroup.picture,
    text: 'Points in the rolling mean of curves by step; 0 draws them raw alone',
    default: '10',
  },
  ...pictureFile,
  ...place,
  ...commonOptions,
} as const satisfies OptionTable
