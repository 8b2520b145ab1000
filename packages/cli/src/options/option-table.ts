import type { OptionTable } from './option-spec.js'

const group = {
  what: 'What to train',
  data: 'Data',
  length: 'How long',
  optimisation: 'Optimisation',
  engine: 'Engine',
  run: 'The run and its folder',
  output: 'Output',
  image: 'Images',
} as const

/** Options that every command takes. */
export const commonOptions = {
  json: {
    kind: 'flag',
    group: group.output,
    text: 'Print one JSON object on stdout at the end; everything else goes to stderr',
  },
  quiet: { kind: 'flag', group: group.output, short: 'q', text: 'Print warnings and results only' },
  debug: { kind: 'flag', group: group.output, text: 'Show the stack of an error' },
} as const satisfies OptionTable

/** Options that choose what computes. */
export const engineOptions = {
  backend: {
    kind: 'text',
    value: 'name',
    group: group.engine,
    text: 'What computes: auto, native, wasm, tensorflow, cpu …; `ductus doctor` lists them',
    default: 'auto',
  },
  threads: {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.engine,
    text: 'Threads of the native engine',
    default: 'the cores it may use',
  },
  isa: {
    kind: 'text',
    value: 'name',
    choices: ['avx512', 'avx2', 'portable'],
    group: group.engine,
    text: 'Instruction set of the native engine',
    default: 'the best one here',
  },
  gpus: {
    kind: 'gpus',
    value: 'n',
    group: group.engine,
    text: 'GPUs to use: 0, a number, -1 for all, or a list such as "0,"; a GPU that is not there is a warning and the CPU',
    default: '0',
  },
  precision: {
    kind: 'precision',
    value: 'bits',
    group: group.engine,
    text: 'Bits of a number; 32 is all there is',
    default: '32',
  },
} as const satisfies OptionTable

/** Options that name the model. */
export const modelOptions = {
  model: {
    kind: 'text',
    value: 'name',
    aliases: ['model-class'],
    group: group.what,
    text: 'Model of the zoo, or the path of your own (./my-model.ts, ./models.ts#Mine)',
    default: 'MLP',
  },
} as const satisfies OptionTable

/** Options that name the data and say where they lie. */
export const dataOptions = {
  data: {
    kind: 'text',
    value: 'name',
    aliases: ['data-class'],
    group: group.what,
    text: 'Data module, or the path of your own (./my-data.ts)',
    default: 'MNIST',
  },
  'data-dir': {
    kind: 'text',
    value: 'folder',
    group: group.data,
    text: 'Folder of the data files (DUCTUS_DATA_DIR)',
    default: './data',
  },
} as const satisfies OptionTable

/** Options that every data module of ours takes, shown without its class being named. */
const loaderOptions = {
  'batch-size': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.data,
    text: 'Samples a batch',
    default: '128',
    passedTo: 'data',
  },
  'num-workers': {
    kind: 'integer',
    value: 'n',
    min: 0,
    group: group.data,
    text: 'Worker threads that make batches',
    passedTo: 'data',
  },
} as const satisfies OptionTable

const limits = {
  'limit-val-batches': {
    kind: 'batches',
    value: 'k',
    group: group.length,
    text: 'Validation batches to use: a number, or a share with a point',
    default: 'all',
  },
  'limit-test-batches': {
    kind: 'batches',
    value: 'k',
    group: group.length,
    text: 'Test batches to use: a number, or a share with a point',
    default: 'all',
  },
} as const satisfies OptionTable

const runPlace = {
  name: {
    kind: 'text',
    value: 'name',
    group: group.run,
    text: "The run's name: its folder is runs/<name>/version_N",
    default: 'default',
  },
  'root-dir': {
    kind: 'text',
    value: 'folder',
    aliases: ['default-root-dir'],
    group: group.run,
    text: 'Folder of all runs',
    default: 'runs',
  },
} as const satisfies OptionTable

const seed = {
  seed: {
    kind: 'integer',
    value: 'n',
    min: 0,
    max: 4294967295,
    group: group.run,
    text: 'Seed of everything random: initial weights, order, dropout',
    default: '42',
    passedTo: 'data',
  },
} as const satisfies OptionTable

const progress = {
  progress: {
    kind: 'flag',
    group: group.output,
    text: 'Draw the progress line',
    default: 'true',
  },
} as const satisfies OptionTable

/** Options of `fit` besides the model's and the data's own. */
export const fitOptions = {
  ...modelOptions,
  ...dataOptions,
  config: {
    kind: 'text',
    value: 'path',
    group: group.what,
    text: 'Options from a file, those given here win: runs/<name>/version_N/hparams.json repeats a run; or a JSON object of your own',
  },
  ...loaderOptions,
  callback: {
    kind: 'list',
    value: 'path',
    group: group.what,
    text: 'A callback of your own (./my-callback.ts); may be given several times',
  },
  'max-epochs': {
    kind: 'integer',
    value: 'n',
    min: -1,
    group: group.length,
    text: 'Passes through the training data; -1 for no end',
    default: '1; no end when --max-steps is given',
  },
  'max-steps': {
    kind: 'integer',
    value: 'n',
    min: -1,
    group: group.length,
    text: "Optimizer's steps to stop after; -1 for no limit",
  },
  'min-epochs': {
    kind: 'integer',
    value: 'n',
    min: 0,
    group: group.length,
    text: 'Epochs to train before anything may stop the run early',
    default: '0',
  },
  'max-time': {
    kind: 'duration',
    value: 'time',
    group: group.length,
    text: 'Time to stop after: 30s, 10m, 1h or DD:HH:MM:SS',
  },
  'stop-early': {
    kind: 'patience',
    value: 'patience',
    optional: true,
    preset: '3',
    min: 0,
    group: group.length,
    text: 'Stop when validation/loss has not improved for so many checks; alone it means 3, 0 is off',
    default: '0',
  },
  'overfit-batches': {
    kind: 'batches',
    value: 'k',
    group: group.length,
    text: 'Train, validate and test on the same first K training batches, unshuffled: a number, or a share with a point',
  },
  'limit-train-batches': {
    kind: 'batches',
    value: 'k',
    group: group.length,
    text: 'Training batches of an epoch to use: 1 is one batch, 1.0 all, 0.25 a quarter',
    default: 'all',
  },
  ...limits,
  'overfit-evaluation': {
    kind: 'text',
    value: 'what',
    choices: ['train', 'own'],
    group: group.length,
    text: 'What --overfit-batches validates and tests on: the training batches, or their own',
    default: 'train',
  },
  'check-val-every-n-epochs': {
    kind: 'integer',
    value: 'n',
    min: 1,
    aliases: ['check-val-every-n-epoch'],
    group: group.length,
    text: 'Epochs between validations',
    default: '1',
  },
  'val-check-interval': {
    kind: 'batches',
    value: 'k',
    group: group.length,
    text: 'Validate inside the epoch too: every k batches, or every share of it',
  },
  'fast-dev-run': {
    kind: 'integer',
    value: 'n',
    optional: true,
    min: 0,
    group: group.length,
    text: 'Run n batches (alone: 1) of training, validation and test, and write nothing',
  },
  'num-sanity-val-steps': {
    kind: 'integer',
    value: 'n',
    min: -1,
    group: group.length,
    text: 'Validation batches to try before training; -1 for all',
    default: '2',
  },
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
  'load-checkpoint': {
    kind: 'text',
    value: 'path',
    aliases: ['init-from'],
    group: group.run,
    text: 'Start from the weights of a checkpoint: its folder, a run folder, best or last (of --name)',
  },
  resume: {
    kind: 'text',
    value: 'what',
    optional: true,
    preset: 'last',
    group: group.run,
    text: 'Go on with a run: last or best of the latest run of --name, or a path; alone it means last. Where nothing was saved yet, a new run starts',
  },
  ...engineOptions,
  ...runPlace,
  'save-top-k': {
    kind: 'integer',
    value: 'k',
    min: -1,
    group: group.run,
    text: 'Best checkpoints to keep, by validation/loss; -1 for all',
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
  ...seed,
  ...progress,
  'log-every-n-steps': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.output,
    text: 'Steps between rows of metrics.csv',
    default: '50, or the steps of an epoch where it has fewer',
  },
  'log-lines-every-n-steps': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.output,
    text: 'Print a line with the loss every n steps',
  },
  ...commonOptions,
} as const satisfies OptionTable

const checkpoint = {
  checkpoint: {
    kind: 'text',
    value: 'path',
    aliases: ['load-checkpoint', 'ckpt-path'],
    group: group.what,
    text: 'Checkpoint: its folder, a run folder, best or last (of --name)',
    default: 'the best one of the latest run',
  },
} as const satisfies OptionTable

/** Options of `validate` and `test`. */
export const evaluateOptions = {
  ...checkpoint,
  model: { ...modelOptions.model, default: "the checkpoint's" },
  data: { ...dataOptions.data, default: "the checkpoint's" },
  'data-dir': dataOptions['data-dir'],
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
  'top-k': {
    kind: 'integer',
    value: 'k',
    min: 1,
    group: group.image,
    text: 'Classes to list for an image, best first',
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
    text: 'Draw each image as the network sees it',
  },
  ...engineOptions,
  ...runPlace,
  ...commonOptions,
} as const satisfies OptionTable

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
