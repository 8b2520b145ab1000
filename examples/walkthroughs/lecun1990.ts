// LeCun et al. 1990 on the first 100 digits: mean squared error on ±1, SGD one image at a time, and its histories.
//   npx tsx -C @ductus/source examples/walkthroughs/lecun1990.ts [--quick]
import { useBackend } from '@ductus/backend'
import { MNIST } from '@ductus/data'
import { LeCun1990 } from '@ductus/models'
import { LitModule, SGD, Trainer, type StepContext, type TensorBatch } from '@ductus/training'
import { curves, featureMaps, imageGrid, networkDiagram, weightHistory } from '@ductus/viz'
import * as tf from '@tensorflow/tfjs-core'
import { argMax, firstBatch, layersOf, logitsOf, mapsOf } from './network.js'
import { Page, walkthroughArgs } from './page.js'
import { Recorder } from './training.js'

const { out, quick } = walkthroughArgs('lecun1990')
await useBackend('auto')
const page = new Page('LeCun 1990 on a hundred digits, with its histories')

/** Trains on targets of +1 for the class and −1 for the others, the mean over batch and classes. */
class MeanSquaredError extends LitModule {
  override trainingStep({ x, y, size, source }: TensorBatch, context: StepContext): tf.Scalar {
    const scores = this.forward(x, context) as tf.Tensor2D
    const ones = tf.oneHot(tf.cast(tf.reshape(y, [size]), 'int32'), 10)
    const targets = tf.sub(tf.mul(ones, 2), 1)
    this.log('train/acc', {
      tensor: scores,
      read: (values) =>
        argMax(values, 10).filter((value, i) => value === source.y[i]).length / size,
    })
    return tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(targets, scores)
  }
  override configureOptimizers() {
    return new SGD({ lr: 0.1 })
  }
}

const epochs = quick ? 2 : 20
const data = new MNIST({ normalize: false, first: 100, batchSize: 1, testBatchSize: 100 })
await data.prepareData()
await data.setup('fit')
await data.setup('test')
const config = data.config()
const model = LeCun1990(config, {}, { seed: 42 })

page.heading('The network')
page.picture(
  networkDiagram(layersOf(model, config.inputDims), {
    inputShape: config.inputDims,
    title: 'LeCun1990: 12 maps of 5 × 5 twice, 30, 10',
  }),
)

const recorder = new Recorder(model, 10)
const trainer = new Trainer({
  maxEpochs: epochs,
  limitValBatches: 0,
  numSanityValSteps: 0,
  callbacks: [recorder],
  rootDir: false,
  seed: 42,
})
const { steps, seconds, metrics } = await trainer.fit(new MeanSquaredError({ model }), data)
page.heading('Training')
page.text(
  `The first 100 images, batch 1, SGD 0.1, ${epochs} epochs: ${steps} steps in ${seconds.toFixed(1)} s. ` +
    `Mean squared error of the last epoch ${(metrics['train/loss'] ?? Number.NaN).toFixed(4)}. ` +
    'The paper, on its own digits: 0.0025 in training, 0.018 in test.',
)
page.picture(
  await curves([{ name: 'loss', x: recorder.steps, y: recorder.losses }], {
    title: 'Loss History',
    xTitle: 'Iter',
    yTitle: 'Loss',
    rollingWindow: 10,
  }),
)
page.table(
  ['Iter', 'Loss'],
  recorder.steps.slice(-5).map((step, i) => [step, recorder.losses.slice(-5)[i]]),
  'The last 5 records',
)

page.heading('How the weights went')
for (const { layer, weights, biases } of recorder.layers()) {
  const size = 'values' in weights ? (weights.values[0]?.length ?? 0) : 0
  page.picture(
    weightHistory({
      weights,
      ...(biases ? { biases } : {}),
      weightBins: size > 10_000 ? 100 : 20,
      title: layer,
    }),
  )
}

page.heading('What it sees, and what it says')
const test = await firstBatch(data.testDataLoader())
const { data: scores } = await logitsOf(model, test)
const read = argMax(scores, 10)
const digit = (i: number) => ({ data: test.x.slice(i * 784, (i + 1) * 784), height: 28, width: 28 })
page.picture(
  imageGrid(
    read.slice(0, 20).map((prediction, i) => ({
      image: digit(i),
      label: String(test.y[i]),
      prediction: String(prediction),
    })),
    { captions: 'words', title: 'Test digits', columns: 5 },
  ),
)
const right = read.filter((value, i) => value === test.y[i]).length
page.text(`${right} of the first ${read.length} test digits right, after training on 100 images.`)
const [maps] = await mapsOf(model, digit(0), ['conv1_act'])
if (maps) {
  const channels = maps.shape[2] ?? 1
  const filter = Float32Array.from({ length: maps.data.length / channels }, (_, p) =>
    Number(maps.data[p * channels]),
  )
  page.picture(
    featureMaps([{ layer: 'filter 0', data: filter, shape: [...maps.shape.slice(0, 2), 1] }], {
      input: digit(0),
      tileSize: 84,
      title: 'A digit, and what one filter makes of it',
    }),
  )
  page.picture(
    featureMaps([{ ...maps, layer: 'conv1, activated' }], {
      columns: 4,
      tileSize: 56,
      caption: (i) => `Filter ${i}`,
      title: 'The maps of the first convolution',
    }),
  )
}
await page.write(out)
