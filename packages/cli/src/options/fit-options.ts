import { lengthOptions } from './length-options.js'
import { optimisationOptions } from './optimisation-options.js'
import type { OptionTable } from './option-spec.js'
import { recordingOptions } from './recording-options.js'
import { savingOptions } from './saving-options.js'
import {
  commonOptions,
  dataOptions,
  engineOptions,
  group,
  loaderOptions,
  modelOptions,
  progress,
  runPlace,
  seed,
} from './shared-options.js'

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
  ...lengthOptions,
  ...optimisationOptions,
  'load-checkpoint': {
    kind: 'text',
    value: 'path',
    aliases: ['init-from'],
    group: group.run,
    text: 'Start from the weights of a checkpoint: its folder, a run folder, best or last (of --name)',
  },
  strict: {
    kind: 'flag',
    group: group.run,
    text: 'Whether --load-checkpoint must fit the model weight by weight; --no-strict loads those that do and leaves the others',
    default: 'true',
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
  ...savingOptions,
  ...seed,
  ...progress,
  logger: {
    kind: 'list',
    value: 'name',
    group: group.output,
    text: 'Where rows of metrics go: csv, jsonl, tensorboard, mlflow, wandb; several at once with commas, or given several times',
    default: 'csv',
  },
  'mlflow-uri': {
    kind: 'text',
    value: 'address',
    group: group.output,
    text: 'Address of the MLflow server for --logger mlflow (MLFLOW_TRACKING_URI), such as http://127.0.0.1:5000',
  },
  experiment: {
    kind: 'text',
    value: 'name',
    group: group.output,
    text: "MLflow's experiment (MLFLOW_EXPERIMENT_NAME), Weights & Biases' project (WANDB_PROJECT)",
    default: "the run's name",
  },
  profile: {
    kind: 'flag',
    group: group.output,
    text: 'Say where the time went (data, forward, backward, optimizer, callbacks …) and write trace.json for ui.perfetto.dev',
  },
  ...recordingOptions,
  'log-every-n-steps': {
    kind: 'integer',
    value: 'n',
    min: 1,
    group: group.output,
    text: 'Steps between rows of metrics.csv',
    default: '50, or the steps of an epoch where it has fewer',
  },
  report: {
    kind: 'flag',
    group: group.output,
    text: 'Write report.html into the run folder at the end',
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
