// The homework: the lab's CNN plain, residual, with batch norm, strided, with one to four blocks, in one table.
//   npx tsx -C @ductus/source examples/walkthroughs/homework.ts [--quick]
import { useBackend } from '@ductus/backend'
import { MNIST } from '@ductus/data'
import { CNN, type CNNOptions } from '@ductus/models'
import { Classifier, Trainer } from '@ductus/training'
import { curves, networkDiagram } from '@ductus/viz'
import { layersOf } from './network.js'
import { Page, walkthroughArgs } from './page.js'

const { out, quick } = walkthroughArgs('homework')
const { name: backend } = await useBackend('auto')
const page = new Page('The homework: what changes when the CNN does')
const [convDim, steps] = quick ? [8, 10] : [32, 100]
const variants: [string, Partial<CNNOptions>][] = [
  ['plain', {}],
  ['residual', { residual: true }],
  ['batch norm', { batchNorm: true }],
  ['residual, batch norm', { residual: true, batchNorm: true }],
  ['strided', { downsample: 'stride' }],
  ['2 blocks', { numBlocks: 2 }],
  ['3 blocks', { numBlocks: 3 }],
  ['4 blocks', { numBlocks: 4 }],
]
const data = new MNIST({ batchSize: 128 })
const config = data.config()
const rows: (string | number)[][] = []
for (const [name, options] of variants) {
  const model = CNN(config, { convDim, ...options }, { seed: 42 })
  const layers = layersOf(model, config.inputDims)
  const trainer = new Trainer({
    maxSteps: steps,
    limitValBatches: 0,
    limitTestBatches: quick ? 4 : 20,
    numSanityValSteps: 0,
    rootDir: false,
    seed: 42,
  })
  const { seconds } = await trainer.fit(new Classifier(model, { lr: 1e-3 }), data)
  const { metrics } = await trainer.test(new Classifier(model), data)
  const sum = (field: 'parameters' | 'macs') =>
    layers.reduce((total, layer) => total + layer[field], 0)
  rows.push([
    name,
    sum('parameters'),
    sum('macs'),
    (1000 * seconds) / steps,
    metrics['test/acc'] ?? Number.NaN,
  ])
  console.log(rows.at(-1)?.join('  '))
  if (name === 'residual') {
    page.picture(
      networkDiagram(layers, { inputShape: config.inputDims, title: 'With a residual connection' }),
    )
  }
  model.dispose()
}
page.text(
  `CNN with ${convDim} channels, ${steps} steps of batch 128 on MNIST, Adam 0.001, on ${backend}; accuracy over ` +
    `${quick ? 512 : 2560} test images. Times are of this machine.`,
)
page.table(['Variant', 'Parameters', 'Multiply-accumulates', 'ms a step', 'Test accuracy'], rows)
// the plain network has one block
const blocks = [...rows.slice(0, 1), ...rows.slice(5)]
page.picture(
  await curves(
    [
      {
        name: 'accuracy',
        x: blocks.map((_r, i) => i + 1),
        y: blocks.map((row) => Number(row[4])),
      },
    ],
    { title: 'Accuracy by number of blocks', xTitle: 'Blocks', yTitle: 'Test accuracy' },
  ),
)
await page.write(out)
