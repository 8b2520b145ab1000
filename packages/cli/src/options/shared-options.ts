import type { OptionTable } from './option-spec.js'

/** Headings under which help and docs show options. */
export const group = {
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
    text: 'Threads of the native engine, which takes the most it can where more are asked for (DUCTUS_THREADS)',
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
export const loaderOptions = {
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
    max: 256,
    group: group.data,
    text: 'Worker threads that make batches',
    passedTo: 'data',
  },
} as const satisfies OptionTable

/** Options that limit validation and test. */
export const limits = {
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

/** Options that say where a run lies. */
export const runPlace = {
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

/** The seed of everything random. */
export const seed = {
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

/** Whether the progress line is drawn. */
export const progress = {
  progress: {
    kind: 'flag',
    group: group.output,
    text: 'Draw the progress line',
    default: 'true',
  },
} as const satisfies OptionTable

/** The checkpoint that is used. */
export const checkpoint = {
  checkpoint: {
    kind: 'text',
    value: 'path',
    aliases: ['load-checkpoint', 'ckpt-path'],
    group: group.what,
    text: 'Checkpoint: its folder, a run folder, best or last (of --name)',
    default: 'the best one of the latest run',
  },
} as const satisfies OptionTable
