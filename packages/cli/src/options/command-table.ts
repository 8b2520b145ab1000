import type { CommandGroup, CommandSpec } from './command-spec.js'
import { evaluateOptions, exportOptions, predictOptions } from './checkpoint-options.js'
import { fitOptions } from './fit-options.js'
import { lrFindOptions } from './lr-find-options.js'
import * as look from './look-options.js'
import { commonOptions } from './shared-options.js'
import { pictureCommands } from './picture-commands.js'

/** All commands, in the order that help shows them. */
export const commandTable: readonly (CommandSpec | CommandGroup)[] = [
  {
    name: 'fit',
    text: 'Train a model, then test its best checkpoint',
    examples: [
      ['ductus fit --model CNN --data MNIST', "the lab's CNN on real digits"],
      ['ductus fit --model MLP --fc1 256 --max-epochs 5 --stop-early 2', 'a model with options'],
      ['ductus fit --model_class=CNN --overfit_batches=2 --max_epochs=50', 'memorise two batches'],
      ['ductus fit --model ./my-model.ts --callback ./my-callback.ts', 'with code of your own'],
      ['ductus fit --help --model CNN --data MNIST', "help with these classes' own options"],
    ],
    options: fitOptions,
    own: ['model', 'data'],
    load: async () => (await import('../commands/fit.js')).fit,
  },
  {
    name: 'validate',
    text: 'Measure a checkpoint on the validation data',
    examples: [['ductus validate --checkpoint runs/default/version_0', '']],
    options: evaluateOptions,
    own: ['data'],
    load: async () => (await import('../commands/evaluate.js')).validate,
  },
  {
    name: 'test',
    text: 'Measure a checkpoint on the test data, with a confusion matrix',
    examples: [['ductus test --name default --checkpoint best', '']],
    options: evaluateOptions,
    own: ['data'],
    load: async () => (await import('../commands/evaluate.js')).test,
  },
  {
    name: 'lr-find',
    text: 'Sweep the learning rate, draw the curve and suggest one; weights stay as they are',
    examples: [['ductus lr-find --model CNN --data MNIST', '']],
    options: lrFindOptions,
    own: ['model', 'data'],
    load: async () => (await import('../commands/lr-find.js')).lrFind,
  },
  {
    name: 'predict',
    args: '<image...>',
    text: 'Read images: any size, colour or grey, dark on light or light on dark',
    examples: [['ductus predict digit.png --top-k 3 --show', '']],
    options: predictOptions,
    own: [],
    load: async () => (await import('../commands/predict.js')).predict,
  },
  {
    name: 'export',
    text: 'Write a checkpoint for other programs: TensorFlow.js, PyTorch (safetensors), ONNX',
    examples: [['ductus export --format onnx --out digits.onnx', '']],
    options: exportOptions,
    own: [],
    load: async () => (await import('../commands/export.js')).exportModel,
  },
  {
    name: 'data',
    text: 'List, prepare and look at data',
    commands: [
      {
        name: 'list',
        text: 'List the data modules and what lies on disk',
        options: look.dataPrepareOptions,
        own: [],
        load: async () => (await import('../commands/data-list.js')).dataList,
      },
      {
        name: 'prepare',
        args: '<name>',
        argNames: 'data',
        text: 'Fetch and check the files of a data module, once',
        examples: [['ductus data prepare FashionMNIST', '']],
        options: look.dataPrepareOptions,
        own: ['data'],
        load: async () => (await import('../commands/data-prepare.js')).dataPrepare,
      },
      {
        name: 'show',
        args: '<name>',
        argNames: 'data',
        text: 'Describe a data module, its first training batch and one item',
        examples: [['ductus data show MNIST --index 7', '']],
        options: look.dataShowOptions,
        own: ['data'],
        load: async () => (await import('../commands/data-show.js')).dataShow,
      },
      {
        name: 'sentences',
        text: 'Draw sentences, as lines of handwriting are made from',
        examples: [['ductus data sentences --max-length 16 -n 4', '']],
        options: look.sentencesOptions,
        own: [],
        load: async () => (await import('../commands/data-sentences.js')).dataSentences,
      },
    ],
  },
  {
    name: 'models',
    text: 'List and describe models',
    commands: [
      {
        name: 'list',
        text: 'List the models of the zoo with their parameters and source',
        options: commonOptions,
        own: [],
        load: async () => (await import('../commands/models-list.js')).modelsList,
      },
      {
        name: 'describe',
        args: '<name>',
        argNames: 'model',
        text: "Show a model's layers, shapes and parameters",
        examples: [['ductus models describe CNN --conv-dim 32', '']],
        options: look.modelsDescribeOptions,
        own: ['model', 'data'],
        load: async () => (await import('../commands/models-describe.js')).modelsDescribe,
      },
    ],
  },
  {
    name: 'describe',
    text: 'Say what a network costs: shapes, parameters, multiply-accumulates, memory, receptive fields',
    examples: [
      ['ductus describe --model CNN --input 28x28x1 --batch 50', ''],
      ["ductus describe --layers 'conv 100 3 s2 p1; conv 200 3 s2 p1' --input 200x300x3", ''],
      ["ductus describe --layers 'conv 1 3 s2; conv 1 3 s2' --input 28x28x1 --unit 2,2", ''],
    ],
    options: look.describeOptions,
    own: ['model'],
    load: async () => (await import('../commands/describe.js')).describe,
  },
  ...pictureCommands,
  {
    name: 'doctor',
    text: 'Say which backends are here, which one `auto` takes, and why not the others',
    examples: [['ductus doctor --ops', 'which operations have a kernel of their own']],
    options: look.doctorOptions,
    own: [],
    load: async () => (await import('../commands/doctor.js')).doctor,
  },
]

/** A command and the words that call it (`data show`). */
export interface NamedCommand {
  path: string[]
  spec: CommandSpec
}

/** Lists every command that does something, with its full name. */
export function allCommands(): NamedCommand[] {
  return commandTable.flatMap((entry) =>
    'commands' in entry
      ? entry.commands.map((spec) => ({ path: [entry.name, spec.name], spec }))
      : [{ path: [entry.name], spec: entry }],
  )
}
