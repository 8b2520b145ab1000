import type { CommandGroup, CommandSpec } from './command-spec.js'
import * as table from './picture-options.js'

/** The commands that make pictures. */
export const pictureCommands: readonly (CommandSpec | CommandGroup)[] = [
  {
    name: 'report',
    args: '[run]',
    text: 'Write one HTML page on a run: curves, results, samples, network, kernels, settings',
    examples: [
      ['ductus report runs/default/version_0', ''],
      ['ductus report --name default --samples 10000', 'over the whole test set'],
    ],
    options: table.reportOptions,
    own: [],
    load: async () => (await import('../commands/report.js')).report,
  },
  {
    name: 'watch',
    args: '[run]',
    text: 'Follow a run live on a local page, http://127.0.0.1:6006',
    examples: [['ductus watch runs/default/version_0 --port 8080', '']],
    options: table.watchOptions,
    own: [],
    load: async () => (await import('../commands/watch.js')).watch,
  },
  {
    name: 'viz',
    text: 'Draw one picture: data, kernels, curves, confusion, convolutions …',
    commands: [
      {
        name: 'data',
        args: '<name>',
        argNames: 'data',
        text: 'Draw images of a data module with their labels',
        examples: [
          ['ductus viz data MNIST --count 100 --out mnist.png', ''],
          ['ductus viz data FashionMNIST --count 6 --terminal', ''],
        ],
        options: table.vizDataOptions,
        own: ['data'],
        load: async () => (await import('../commands/viz-data.js')).vizData,
      },
      {
        name: 'kernels',
        args: '[run]',
        text: "Draw a network's convolution kernels",
        examples: [['ductus viz kernels runs/default/version_0 --out kernels.svg', '']],
        options: table.vizRunOptions,
        own: [],
        load: async () => (await import('../commands/viz-run.js')).vizKernels,
      },
      {
        name: 'features',
        args: '[run]',
        text: 'Draw the feature maps of every convolution for one image',
        examples: [['ductus viz features --image digit.png --out maps.html', '']],
        options: table.vizFeaturesOptions,
        own: [],
        load: async () => (await import('../commands/viz-run.js')).vizFeatures,
      },
      {
        name: 'curves',
        args: '<run...>',
        text: 'Draw the curves of one or several runs',
        examples: [
          ['ductus viz curves runs/a/version_0 runs/b/version_0 --metric validation/loss', ''],
        ],
        options: table.vizCurvesOptions,
        own: [],
        load: async () => (await import('../commands/viz-curves.js')).vizCurves,
      },
      {
        name: 'confusion',
        args: '[run]',
        text: 'Draw the confusion matrix over test samples',
        examples: [['ductus viz confusion --name default --order confusion', '']],
        options: table.vizConfusionOptions,
        own: [],
        load: async () => (await import('../commands/viz-run.js')).vizConfusion,
      },
      {
        name: 'lines',
        args: '[run]',
        text: 'Draw test lines with what stands there and what was read',
        examples: [['ductus viz lines --name default --count 12 --out lines.png', '']],
        options: table.vizLinesOptions,
        own: [],
        load: async () => (await import('../commands/viz-lines.js')).vizLines,
      },
      {
        name: 'network',
        args: '[run]',
        text: 'Draw the architecture with shapes and costs',
        options: table.vizRunOptions,
        own: [],
        load: async () => (await import('../commands/viz-run.js')).vizNetwork,
      },
      {
        name: 'history',
        args: '[run]',
        text: 'Draw how weights and biases went over training, as heat maps',
        options: table.vizRunOptions,
        own: [],
        load: async () => (await import('../commands/viz-history.js')).vizHistory,
      },
      {
        name: 'explain-conv',
        text: 'Explain a convolution: window, product, sum, im2col, matrix, frame by frame',
        examples: [
          ['ductus viz explain-conv --kernel "1 0; -1 2" --as matrix --out matrix.svg', ''],
          [
            'ductus viz explain-conv --as frames --size 5 --stride 2 --padding 1 --out conv.gif',
            '',
          ],
        ],
        options: table.vizExplainOptions,
        own: [],
        load: async () => (await import('../commands/viz-explain.js')).vizExplainConv,
      },
      {
        name: 'receptive-field',
        text: 'Draw what one unit depends on, map by map',
        examples: [
          ['ductus viz receptive-field --layers "conv 4 5 s2 p2; conv 8 3" --unit 3,3', ''],
        ],
        options: table.vizReceptiveFieldOptions,
        own: [],
        load: async () => (await import('../commands/viz-explain.js')).vizReceptiveField,
      },
    ],
  },
]
