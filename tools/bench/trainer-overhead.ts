// What the Trainer adds to a loop written by hand: the same steps in turns, in one process.
//
// usage: npm run bench:trainer -- [rounds]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  namedWeights,
  softmaxCrossEntropy,
  uniformValues,
  updateAdam,
  useBackend,
  variableGrads,
} from '@ductus/backend'
import type { Batch } from '@ductus/data'
import { defineModel, MLP, through } from '@ductus/models'
import { Classifier, ProgressBar, Trainer, type BatchLoader } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { z } from 'zod'
import { median } from './statistics.mjs'

const config = { inputDims: [28, 28, 1], mapping: [...'0123456789'] }

/** 1→4→8→16→16→10 channels, stride 2: small maps, where everything but arithmetic shows. */
const Strided = defineModel({
  name: 'Strided',
  summary: 'Strided convolutions',
  source: 'a test',
  options: z.object({}),
  build({ inputDims }, _options, { layers }) {
    const input = layers.input(inputDims)
    const channels = [4, 8, 16, 16, 10]
    const convolutions = channels.map((filters, i) =>
      layers.conv2d({
        name: `conv${i}`,
        ...{ filters, kernelSize: 3, strides: 2, padding: 1 },
        ...(i < 4 ? { activation: 'relu' as const } : {}),
      }),
    )
    const outputs = through(input, ...convolutions, layers.flatten({ name: 'flatten' }))
    return tfl.model({ inputs: input, outputs })
  },
})

function loaderOf(batchSize: number, length: number): BatchLoader & { batchSize: number } {
  const x = uniformValues(1, batchSize * 784, 0, 1)
  const y = Int32Array.from({ length: batchSize }, (_, i) => i % 10)
  const batch: Batch = {
    x,
    xShape: [batchSize, 28, 28, 1],
    y,
    yShape: [batchSize],
    size: batchSize,
  }
  return {
    length,
    batchSize,
    async *batches() {
      for (let i = 0; i < length; i++) yield batch
    },
  }
}

/** What one would write without a Trainer; milliseconds a step. */
async function byHand(model: tfl.LayersModel, loader: BatchLoader): Promise<number> {
  const weights = namedWeights(model).filter(({ trainable }) => trainable)
  const zeros = (): tf.Variable[] =>
    weights.map(({ variable }) => tf.variable(tf.zerosLike(variable), false))
  const [first, second] = [zeros(), zeros()]
  const variables = weights.map(({ variable }) => variable)
  let step = 0
  const start = performance.now()
  for await (const batch of loader.batches(0)) {
    step++
    const loss = tf.tidy(() => {
      const x = tf.tensor(batch.x, batch.xShape)
      const y = tf.tensor(batch.y, batch.yShape, 'int32')
      const options = { training: true, step, micro: 0 }
      const { value, grads } = variableGrads(
        () => tf.mean(softmaxCrossEntropy(model.apply(x, options) as tf.Tensor, y)),
        variables,
      )
      variables.forEach((parameter, i) => {
        const slots = { expAvg: first[i]!, expAvgSq: second[i]! }
        const gradient = grads[parameter.name]!
        updateAdam({ parameter, gradient, ...slots, step, learningRate: 1e-3 })
      })
      return value
    })
    await loss.data()
    loss.dispose()
  }
  const milliseconds = (performance.now() - start) / loader.length
  tf.dispose([first, second])
  return milliseconds
}

/** The same by the Trainer, with progress and log. */
async function byTrainer(
  model: tfl.LayersModel,
  loader: BatchLoader & { batchSize: number },
  rootDir: string,
): Promise<number> {
  const trainer = new Trainer({ rootDir, checkpointing: false, callbacks: [new ProgressBar()] })
  const { samplesPerSecond } = await trainer.fit(new Classifier(model), {
    trainDataLoader: () => loader,
  })
  return (1000 * loader.batchSize) / samplesPerSecond
}

const allowed = { mlp: 0.03, strided: 0.15 }
const cases = [
  {
    name: 'MLP, batch 128',
    make: () => MLP(config, {}, { seed: 1 }),
    batch: 128,
    steps: 40,
    goal: allowed.mlp,
  },
  {
    name: 'strided CNN, batch 32',
    make: () => Strided(config, {}, { seed: 1 }),
    batch: 32,
    steps: 300,
    goal: allowed.strided,
  },
]

const { description } = await useBackend('auto')
const rounds = Number(process.argv[2] ?? 9)
const rootDir = mkdtempSync(join(tmpdir(), 'ductus-bench-'))
console.log(`${description}; medians of ${rounds} rounds in turns\n`)
console.log(
  '| network | by hand, ms a step | Trainer, ms a step | overhead | goal |\n| --- | --- | --- | --- | --- |',
)
for (const { name, make, batch, steps, goal } of cases) {
  const model = make()
  const loader = loaderOf(batch, steps)
  await byHand(model, loaderOf(batch, 10))
  const hand: number[] = []
  const trainer: number[] = []
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    hand.push(await byHand(model, loader))
    trainer.push(await byTrainer(model, loader, rootDir))
    ratios.push(trainer.at(-1)! / hand.at(-1)!)
  }
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`
  const figures = [
    median(hand).toFixed(3),
    median(trainer).toFixed(3),
    share(median(ratios) - 1),
    share(goal),
  ]
  console.log(`| ${[name, ...figures].join(' | ')} |`)
}
rmSync(rootDir, { recursive: true })
