// What a network costs: storage, compute, memory, and what one unit depends on.
//   npx tsx -C @ductus/source examples/walkthroughs/costs.ts
import { useBackend } from '@ductus/backend'
import { CNN, SimpleCNN } from '@ductus/models'
import { costOf, describeCost, parseLayers, precedents } from '@ductus/models/analysis'
import { costWords, networkDiagram, receptiveFieldDiagram, kindWord } from '@ductus/viz'
import { layersOf } from './network.js'
import { Page, walkthroughArgs } from './page.js'

const { out } = walkthroughArgs('costs')
await useBackend('cpu')
const page = new Page('What a network costs')

page.heading('Storage against compute')
page.text(
  'Weights are stored once; multiply-accumulates are paid at every position. A dense layer is big to keep and cheap to run, ' +
    'a convolution is small to keep and dear to run.',
)
const emnist = { inputDims: [28, 28, 1], mapping: Array.from({ length: 83 }, (_, i) => String(i)) }
const cnn = CNN(emnist, {}, { seed: 1 })
const layers = layersOf(cnn, emnist.inputDims)
page.text(costWords(layers))
page.picture(
  networkDiagram(layers, { inputShape: emnist.inputDims, title: "The lab's CNN on EMNIST" }),
)
page.table(
  ['Layer', 'Kind', 'Output', 'Parameters', 'Multiply-accumulates'],
  layers.map(({ name, kind, outputShape, parameters, macs }) => [
    name,
    kindWord(kind),
    outputShape.map((size) => size.toLocaleString('en')).join(' × '),
    parameters,
    macs,
  ]),
)
const convolution = layers.filter(({ kind }) => kind === 'conv').at(-1)
const dense = layers.find(({ kind }) => kind === 'dense')
if (convolution && dense) {
  page.text(
    `The second convolution takes ${convolution.macs.toLocaleString('en')} multiply-accumulates, the first dense layer ` +
      `${dense.macs.toLocaleString('en')}: ${(convolution.macs / dense.macs).toFixed(0)} times as many for ` +
      `${((100 * convolution.parameters) / dense.parameters).toFixed(1)} % of the weights.`,
  )
}

page.heading('Memory: three convolutions on a 200 × 300 photo')
const specs = 'conv 100 3 s2 p1; conv 200 3 s2 p1; conv 400 3 s2 p1'
page.text(
  'The exercise’s network, a batch of 50 images; then the same with pooling in place of two strides.',
)
page.print(describeCost(costOf(parseLayers(specs), [200, 300, 3], { batch: 50 })))
page.print(
  describeCost(
    costOf(
      parseLayers('conv 100 3 s2 p1; maxpool 2; conv 200 3 p1; maxpool 2; conv 400 3 s2 p1'),
      [200, 300, 3],
      { batch: 50 },
    ),
  ),
)

page.heading('Precedents: what one unit depends on')
const two = 'conv 4 3 s2 p1; conv 8 3 s2 p1'
const unit = { row: 3, column: 3 }
page.picture(
  receptiveFieldDiagram({
    input: [28, 28],
    layers: [
      { name: 'first convolution', kernel: 3, stride: 2, padding: 1 },
      { name: 'second convolution', kernel: 3, stride: 2, padding: 1 },
    ],
    unit: [unit.row, unit.column],
    title: 'Two 3 × 3 convolutions of stride 2',
  }),
)
page.table(
  ['Order', 'Map', 'Cells', 'Channels', 'Weights on the way'],
  precedents(parseLayers(two), [28, 28, 1], unit).map((p) => [
    p.order,
    p.map,
    `${p.rows.length} × ${p.columns.length}`,
    p.channels.length,
    p.weights.map((w) => `${w.count} of ${w.name}`).join(', '),
  ]),
  'The filters’ weights are precedents too, as a spreadsheet would show',
)
page.picture(
  receptiveFieldDiagram({
    input: [28, 28],
    layers: [1, 2, 3, 4].map((i) => ({ name: `conv ${i}`, kernel: 3, stride: 2, padding: 1 })),
    unit: [1, 1],
    title: "fast.ai's SimpleCNN: a corner unit of the fourth map",
  }),
)
const simple = layersOf(
  SimpleCNN({ inputDims: [28, 28, 1], mapping: [...'0123456789'] }, {}, { seed: 1 }),
  [28, 28, 1],
)
page.picture(networkDiagram(simple, { inputShape: [28, 28, 1], title: 'SimpleCNN' }))
await page.write(out)
