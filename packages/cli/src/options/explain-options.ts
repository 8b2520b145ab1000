import type { OptionTable } from './option-spec.js'
import { pictureFile, pictureGroup } from './picture-file-options.js'
import { commonOptions } from './shared-options.js'

/** Options of `viz explain-conv`. */
export const vizExplainOptions = {
  as: {
    kind: 'text',
    value: 'how',
    choices: ['step', 'im2col', 'matrix', 'frames', 'faces', 'all'],
    group: pictureGroup.what,
    text: 'One output step by step, one matrix product, a matrix, frame by frame (moves as .html and .gif), with letters',
    default: 'all',
  },
  image: {
    kind: 'text',
    value: 'file',
    group: pictureGroup.what,
    text: 'Image under the kernel, brought to --size, light on dark',
    default: 'a drawn seven',
  },
  size: {
    kind: 'integer',
    value: 'n',
    min: 2,
    max: 20,
    group: pictureGroup.what,
    text: 'Rows and columns of the image',
    default: '6',
  },
  kernel: {
    kind: 'text',
    value: 'numbers',
    group: pictureGroup.what,
    text: 'top, left, diag1, diag2, or rows of numbers: "1 0; -1 2"',
    default: 'top',
  },
  stride: {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: pictureGroup.what,
    text: 'Stride',
    default: '1',
  },
  padding: {
    kind: 'integer',
    value: 'n',
    min: 0,
    group: pictureGroup.what,
    text: 'Zeros on each side',
    default: '0',
  },
  row: {
    kind: 'integer',
    value: 'r',
    min: 0,
    group: pictureGroup.what,
    text: 'Row of the output to explain',
  },
  column: {
    kind: 'integer',
    value: 'c',
    min: 0,
    group: pictureGroup.what,
    text: 'Column of the output to explain',
  },
  ...pictureFile,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `viz receptive-field`. */
export const vizReceptiveFieldOptions = {
  layers: {
    kind: 'text',
    value: 'list',
    group: pictureGroup.what,
    text: 'Convolutions and pooling, as in `conv 4 3 s2 p1; conv 8 3 s2 p1`',
    default: 'these two',
  },
  input: {
    kind: 'text',
    value: 'HxWxC',
    group: pictureGroup.what,
    text: 'Dimensions of the input',
    default: '28x28x1',
  },
  unit: {
    kind: 'text',
    value: 'row,column',
    group: pictureGroup.what,
    text: 'Unit of the last map',
    default: 'the middle',
  },
  ...pictureFile,
  ...commonOptions,
} as const satisfies OptionTable
