// Writes docs/zoo.md from the networks themselves and from results.jsonl, the lines that train.ts and peer.py write
// with "engine" added ("ours" or "pytorch"): npx tsx -C @ductus/source tools/zoo/table.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { useBackend } from '@ductus/backend'
import { CNN, layerSpecs, type CNNOptions } from '@ductus/models'
import { costOf } from '@ductus/models/analysis'
import { models } from '@ductus/models/catalog'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { recipes } from './recipes.js'

interface Result {
  engine: 'ours' | 'pytorch'
  recipe: string
  accuracy: number[]
}

await useBackend('cpu')
const config = { inputDims: [28, 28, 1], outputDims: [1], mapping: [...'0123456789'] }
const results = readFileSync(new URL('results.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Result)

const number = (value: number) => value.toLocaleString('en-US')
const row = (...cells: string[]) => `| ${cells.join(' | ')} |`
const table = (header: string[], rows: string[][]) =>
  [row(...header), row(...header.map(() => '---')), ...rows.map((cells) => row(...cells))].join(
    '\n',
  )

function costs(model: LayersModel): string[] {
  const { parameters, macs } = costOf(layerSpecs(model), config.inputDims)
  model.dispose()
  return [number(parameters), number(macs)]
}

const networks = []
for (const entry of models) {
  const { name, summary, source } = entry
  networks.push([name, summary, source, ...costs((await entry.load())(config))])
}

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
const homework = variants.map(([name, options]) => [name, ...costs(CNN(config, options))])

const middle = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half) - 1]!) / 2
}

/** The median accuracy after an epoch, the least and the greatest. */
function spread(engine: Result['engine'], recipe: string, epoch: number): string {
  const runs = results.filter((result) => result.engine === engine && result.recipe === recipe)
  if (runs.length === 0) return 'not measured'
  const values = runs.map(({ accuracy }) => accuracy[epoch]!)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return `${middle(values).toFixed(3)} (${least.toFixed(3)}–${most.toFixed(3)}, ${runs.length} seeds)`
}

const accuracies = Object.entries(recipes).flatMap(([name, recipe]) =>
  Array.from({ length: recipe.epochs }, (_, epoch) => [
    name,
    `${recipe.data}, ${number(recipe.trainSize)} images, batch ${recipe.batch}, ${recipe.optimizer} ${recipe.rate}`,
    `${recipe.measured}, epoch ${epoch + 1}`,
    spread('ours', name, epoch),
    spread('pytorch', name, epoch),
    recipe.source,
  ]),
)

interface Times {
  machine: { cpu: string; cores: number; node: string }
  results: {
    zoo: string
    row: string
    figures: { group: string; ms?: number; spread?: number; ratio?: number }[]
  }[]
}

const times = JSON.parse(readFileSync(new URL('times.json', import.meta.url), 'utf8')) as Times
const milliseconds = (ms: number) => (ms < 100 ? ms.toPrecision(3) : ms.toFixed(0))
const steps = times.results.map(({ zoo, row, figures }) => {
  const ours = figures.find(({ group }) => group === 'ductus')!
  const peers = figures.filter(({ group, ms }) => group === 'pytorch' && ms)
  const best = Math.min(...peers.map(({ ms }) => ms!))
  const batch = /batch (\d+)/.exec(row)![1]!
  const ratio = (ours.ms! / best).toFixed(2)
  const spread = `${Math.round(100 * (ours.spread ?? 0))} %`
  return [zoo, batch, milliseconds(ours.ms!), milliseconds(best), ratio, spread]
})

const text = `# The zoo

Made by \`tools/zoo/table.ts\`. Parameters and multiply-accumulates are of one 28×28 image and ten classes.

${table(['Network', 'What it is', 'Source', 'Parameters', 'MACs'], networks)}

\`ductus models\` lists them; the options of each are in the README of \`@ductus/models\` and in
\`ductus models describe NAME\`. Each is compared with its twin in PyTorch by fixtures
(\`packages/models/tools/make-fixtures.py\`): logits, gradients, the losses of three steps.

## The CNN, grown

${table(['Variant', 'Parameters', 'MACs'], homework)}

Times and accuracies of these: \`examples/walkthroughs/homework.ts\`.

## A step beside PyTorch

A training step (forward, loss, gradients, update) by \`npm run bench -- --set zoo --out tools/zoo/times.json\`: medians, PyTorch in the better of
its two layouts. ${times.machine.cpu}, ${times.machine.cores} cores, Node ${times.machine.node.slice(1)}, PyTorch 1.13. Lines are 28×896. The machine is
shared: the last column is the spread of the middle half of our rounds, 7 of them, and 21 of the ResNets: in 7 these came
to 0.92, 0.71 and 0.89.

${table(['Network', 'Batch', 'Ductus, ms', 'PyTorch, ms', 'Ratio', 'Spread'], steps)}

## Accuracy

Accuracy after each epoch: the median over seeds, the least and the greatest. \`tools/zoo/train.ts RECIPE SEED…\`
trains here and \`tools/zoo/peer.py RECIPE SEED…\` in PyTorch; the lines they write are kept in
\`tools/zoo/results.jsonl\`.

${table(['Network', 'Recipe', 'Measured on', 'Ductus', 'PyTorch', "The source's figure"], accuracies)}

Two of these recipes are at the edge of what can be trained, and a few runs fall off it on either side: with SimpleCNN at
rate 0.4 one seed of twelve never leaves chance; with LeNet5 and Adam at 0.1 one run of 12 here and one of 17 in
PyTorch lost much in its last epoch (0.638, 0.738).
`
writeFileSync(new URL('../../docs/zoo.md', import.meta.url), text)
