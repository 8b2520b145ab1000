import type { OptionTable } from './option-spec.js'
import { commonOptions, engineOptions } from './shared-options.js'
import { evaluateOptions } from './checkpoint-options.js'

const group = { picture: 'Picture', run: 'The run and its folder', what: 'What to draw' } as const

const place = { name: evaluateOptions.name, 'root-dir': evaluateOptions['root-dir'] } as const

const picture = {
  out: {
    kind: 'text',
    value: 'file',
    short: 'o',
    group: group.picture,
    text: 'File to write: .svg, .png, .html, or .gif for what moves',
    default: 'named after the picture, .png',
  },
  theme: {
    kind: 'text',
    value: 'name',
    choices: ['light', 'dark'],
    group: group.picture,
    text: 'Colours of the picture',
    default: 'light',
  },
  title: { kind: 'text', value: 'text', group: group.picture, text: 'Title of the picture' },
} as const satisfies OptionTable

const fromRun = {
  checkpoint: {
    ...evaluateOptions.checkpoint,
    text: 'Checkpoint: its folder, best or last (of the run)',
    default: 'the best one of the run',
  },
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
    group: group.what,
    text: 'Test samples to read for the results',
    default: '2000',
  },
} as const satisfies OptionTable

/** Options of `report`. */
export const reportOptions = {
  out: { ...picture.out, text: 'File to write', default: 'report.html in the run folder' },
  ...samples,
  model: {
    kind: 'flag',
    group: group.what,
    text: 'Load the checkpoint for results, samples, kernels and feature maps',
    default: 'true',
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
    group: group.run,
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
    group: group.what,
    text: 'Images to draw',
    default: '100; 9 lines',
  },
  split: {
    kind: 'text',
    value: 'name',
    choices: ['train', 'validation', 'test'],
    group: group.what,
    text: 'Part of the data',
    default: 'test',
  },
  captions: {
    kind: 'text',
    value: 'how',
    choices: ['short', 'words', 'none'],
    group: group.picture,
    text: 'What stands under an image',
    default: 'short',
  },
  terminal: { kind: 'flag', group: group.picture, text: 'Draw in the terminal, and write no file' },
  ...picture,
  'data-dir': evaluateOptions['data-dir'],
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz spreadsheet`. */
export const vizSpreadsheetOptions = {
  index: {
    kind: 'integer',
    value: 'i',
    min: 0,
    group: group.what,
    text: 'Which image of the part',
    default: '0',
  },
  split: vizDataOptions.split,
  rows: {
    kind: 'text',
    value: 'from:to',
    group: group.what,
    text: 'Rows to show, the last one left out: 0:13, 5: or :13',
    default: 'all',
  },
  cols: {
    kind: 'text',
    value: 'from:to',
    group: group.what,
    text: 'Columns to show, the last one left out',
    default: 'all',
  },
  channel: {
    kind: 'integer',
    value: 'c',
    min: 0,
    group: group.what,
    text: 'Channel to show',
    default: '0',
  },
  ...picture,
  'data-dir': evaluateOptions['data-dir'],
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz kernels`, `viz network` and `viz history`. */
export const vizRunOptions = {
  layer: {
    kind: 'text',
    value: 'name',
    group: group.what,
    text: 'One layer by name',
    default: 'all of its kind',
  },
  ...picture,
  ...fromRun,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz features`. */
export const vizFeaturesOptions = {
  image: {
    kind: 'text',
    value: 'file',
    group: group.what,
    text: 'Image to look at, prepared as `predict` does',
    default: 'a test image of the data',
  },
  index: {
    kind: 'integer',
    value: 'i',
    min: 0,
    group: group.what,
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
    group: group.picture,
    text: 'What the cells say',
    default: 'counts, as far as there is room',
  },
  order: {
    kind: 'text',
    value: 'how',
    choices: ['given', 'confusion'],
    group: group.picture,
    text: 'Order of the classes: as given, or what is mixed up side by side',
    default: 'given',
  },
  ...samples,
  ...picture,
  ...fromRun,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz lines`. */
export const vizLinesOptions = {
  count: {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.picture,
    text: 'Test lines to draw',
    default: '8',
  },
  ...picture,
  ...fromRun,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz samples`. */
export const vizSamplesOptions = {
  ...picture,
  ...place,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz curves`. */
export const vizCurvesOptions = {
  metric: {
    kind: 'list',
    value: 'name',
    group: group.what,
    text: 'A metric, such as validation/loss; may be given several times',
  },
  rolling: {
    kind: 'integer',
    value: 'n',
    min: 0,
    group: group.picture,
    text: 'Points in the rolling mean of curves by step; 0 draws them raw alone',
    default: '10',
  },
  ...picture,
  ...place,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz explain-conv`. */
export const vizExplainOptions = {
  as: {
    kind: 'text',
    value: 'how',
    choices: ['step', 'im2col', 'matrix', 'frames', 'faces', 'all'],
    group: group.what,
    text: 'One output step by step, one matrix product, a matrix, frame by frame (moves as .html and .gif), with letters',
    default: 'all',
  },
  image: {
    kind: 'text',
    value: 'file',
    group: group.what,
    text: 'Image under the kernel, brought to --size, light on dark',
    default: 'a drawn seven',
  },
  size: {
    kind: 'integer',
    value: 'n',
    min: 2,
    max: 20,
    group: group.what,
    text: 'Rows and columns of the image',
    default: '6',
  },
  kernel: {
    kind: 'text',
    value: 'numbers',
    group: group.what,
    text: 'top, left, diag1, diag2, or rows of numbers: "1 0; -1 2"',
    default: 'top',
  },
  stride: { kind: 'integer', value: 'n', min: 1, group: group.what, text: 'Stride', default: '1' },
  padding: {
    kind: 'integer',
    value: 'n',
    min: 0,
    group: group.what,
    text: 'Zeros on each side',
    default: '0',
  },
  row: {
    kind: 'integer',
    value: 'r',
    min: 0,
    group: group.what,
    text: 'Row of the output to explain',
  },
  column: {
    kind: 'integer',
    value: 'c',
    min: 0,
    group: group.what,
    text: 'Column of the output to explain',
  },
  ...picture,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz receptive-field`. */
export const vizReceptiveFieldOptions = {
  layers: {
    kind: 'text',
    value: 'list',
    group: group.what,
    text: 'Convolutions and pooling, as in `conv 4 3 s2 p1; conv 8 3 s2 p1`',
    default: 'these two',
  },
  input: {
    kind: 'text',
    value: 'HxWxC',
    group: group.what,
    text: 'Dimensions of the input',
    default: '28x28x1',
  },
  unit: {
    kind: 'text',
    value: 'row,column',
    group: group.what,
    text: 'Unit of the last map',
    default: 'the middle',
  },
  ...picture,
  ...commonOptions,
} as const satisfies OptionTable
