import { lengthOptions } from './length-options.js'
import { optimisationOptions } from './optimisation-options.js'
import type { OptionTable } from './option-spec.js'
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
