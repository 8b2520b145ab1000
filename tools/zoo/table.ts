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

/** Least and greatest accuracy after each epoch, and over how many seeds. */
function range(engine: Result['engine'], recipe: string): string {
  const runs = results.filter((result) => result.engine === engine && result.recipe === recipe)
  if (runs.length === 0) return 'not measured'
  const epochs = runs[0]!.accuracy.map((_, epoch) => {
    const values = runs.map(({ accuracy }) => accuracy[epoch]!)
    return `${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)}`
  })
  return `${epochs.join(', ')} (${runs.length} ${runs.length === 1 ? 'seed' : 'seeds'})`
}

const accuracies = Object.entries(recipes).map(([name, recipe]) => [
  name,
  `${recipe.data}, ${number(recipe.trainSize)} images, batch ${recipe.batch}, ${recipe.optimizer} ${recipe.rate}`,
  recipe.measured,
  range('ours', name),
  range('pytorch', name),
  recipe.source,
])

const text = `# The zoo

Made by \`tools/zoo/table.ts\`. Parameters and multiply-accumulates are of one 28×28 image and ten classes.

${table(['Network', 'What it is', 'Source', 'Parameters', 'MACs'], networks)}

\`ductus models\` lists them; the options of each are in the README of \`@ductus/models\` and in
\`ductus models describe NAME\`. Each is compared with its twin in PyTorch by fixtures
(\`packages/models/tools/make-fixtures.py\`): logits, gradients, the losses of three steps.

## The CNN, grown

${table(['Variant', 'Parameters', 'MACs'], homework)}

Times and accuracies of these: \`examples/walkthroughs/homework.ts\`.

## Accuracy

Accuracy after each epoch, the least and the greatest over the seeds that were run. \`tools/zoo/train.ts RECIPE SEED…\`
trains here and \`tools/zoo/peer.py RECIPE SEED…\` in PyTorch; the lines they write are kept in
\`tools/zoo/results.jsonl\`.

${table(['Network', 'Recipe', 'Measured on', 'Ductus', 'PyTorch', "The source's figure"], accuracies)}
`
writeFileSync(new URL('../../docs/zoo.md', import.meta.url), text)
