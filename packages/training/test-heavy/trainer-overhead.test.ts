import {
  namedWeights,
  softmaxCrossEntropy,
  uniformValues,
  updateAdam,
  useBackend,
} from '@ductus/backend'
import type { Batch } from '@ductus/data'
import { defineModel, MLP, through } from '@ductus/models'
import { Classifier, ProgressBar, Trainer, type BatchLoader } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { z } from 'zod'
import { beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from '../test/support/temporary-folder.js'

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
      const { value, grads } = tf.variableGrads(
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

beforeAll(async () => {
  await useBackend('auto')
})

it.each([
  ['the MLP at batch 128', () => MLP(config, {}, { seed: 1 }), 128, 40, 0.03],
  ['the strided CNN at batch 32', () => Strided(config, {}, { seed: 1 }), 32, 300, 0.15],
] as const)(
  'the Trainer adds little to %s',
  { timeout: 600_000 },
  async (name, make, batchSize, steps, allowed) => {
    const rootDir = temporaryFolder()
    const model = make()
    const loader = loaderOf(batchSize, steps)
    await byHand(model, loaderOf(batchSize, 10))
    const hand: number[] = []
    const trainer: number[] = []
    let overhead = Infinity
    // In turns, the least of each: others use the machine too. More rounds only while the answer is no.
    for (let round = 0; round < 40 && (round < 6 || overhead > allowed); round++) {
      hand.push(await byHand(model, loader))
      trainer.push(await byTrainer(model, loader, rootDir))
      overhead = Math.min(...trainer) / Math.min(...hand) - 1
    }
    const shown = [Math.min(...hand), Math.min(...trainer)].map((ms) => `${ms.toFixed(3)} ms`)
    process.stderr.write(
      `${name}: by hand ${shown[0]}, Trainer ${shown[1]}, ${(100 * overhead).toFixed(1)} % more\n`,
    )
    expect(overhead).toBeLessThan(allowed)
  },
)

it('memory is flat over 10,000 steps', { timeout: 600_000 }, async () => {
  const model = MLP(config, { fc1: 4, fc2: 0, fcDropout: 0.1 }, { seed: 1 })
  const counts = new Set<number>()
  let bytes = 0
  const trainer = new Trainer({
    rootDir: temporaryFolder(),
    checkpointing: false,
    callbacks: [
      {
        onTrainBatchEnd: ({ step }) => {
          const { numTensors, numBytes } = tf.memory()
          if (step > 10) counts.add(numTensors)
          if (step === 11) bytes = numBytes
          else if (step > 11) expect(numBytes).toBe(bytes)
        },
      },
    ],
  })
  await trainer.fit(new Classifier(model), { trainDataLoader: () => loaderOf(2, 10_000) })
  expect(counts.size).toBe(1)
})
