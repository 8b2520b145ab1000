import type { OptionTable } from './option-spec.js'
import {
  checkpoint,
  commonOptions,
  dataOptions,
  engineOptions,
  group,
  limits,
  loaderOptions,
  modelOptions,
  progress,
  runPlace,
  seed,
} from './shared-options.js'

const beamWidth = {
  kind: 'integer',
  value: 'n',
  min: 1,
  group: group.what,
  text: 'Lines, ctc: texts that the reading follows at once; 1 reads greedily',
  default: "the checkpoint's",
} as const

/** Options of `validate` and `test`. */
export const evaluateOptions = {
  ...checkpoint,
  model: { ...modelOptions.model, default: "the checkpoint's" },
  data: { ...dataOptions.data, default: "the checkpoint's" },
  'data-dir': dataOptions['data-dir'],
  'beam-width': beamWidth,
  ...loaderOptions,
  ...limits,
  ...engineOptions,
  ...runPlace,
  ...seed,
  ...progress,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `predict`. */
export const predictOptions = {
  ...checkpoint,
  model: { ...modelOptions.model, default: "the checkpoint's" },
  'beam-width': beamWidth,
  'top-k': {
    kind: 'integer',
    value: 'k',
    min: 1,
    group: group.image,
    text: 'Classes to list for a single image, best first',
    default: '3',
  },
  polarity: {
    kind: 'text',
    value: 'name',
    choices: ['auto', 'dark-on-light', 'light-on-dark'],
    group: group.image,
    text: 'What is ink: found out from the border, or said',
    default: 'auto',
  },
  show: {
    kind: 'flag',
    group: group.image,
    text: 'Draw each image as the network sees it; of a line with the text that was read under it',
  },
  ...engineOptions,
  ...runPlace,
  ...commonOptions,
} as const satisfies OptionTable

/** Options of `export`. */
export const exportOptions = {
  ...checkpoint,
  format: {
    kind: 'text',
    value: 'name',
    choices: ['tfjs', 'safetensors', 'onnx'],
    group: group.what,
    text: "What is written: TensorFlow.js' own form (a folder), PyTorch's weights, or an ONNX file",
    default: 'tfjs',
  },
  out: {
    kind: 'text',
    value: 'path',
    group: group.what,
    text: 'Where it is written',
    default: 'model-tfjs, model.safetensors or model.onnx',
  },
  model: { ...modelOptions.model, default: "the checkpoint's" },
  ...runPlace,
  ...commonOptions,
} as const satisfies OptionTable
