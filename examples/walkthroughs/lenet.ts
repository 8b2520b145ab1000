// LeNet-5 on FashionMNIST: the exercise, with evaluation where the exercise forgets it.
//   npx tsx -C @ductus/source examples/walkthroughs/lenet.ts [--quick]
// FashionMNIST comes from its mirrors, or from DUCTUS_DATA_MIRROR.
import { useBackend } from '@ductus/backend'
import { FashionMNIST } from '@ductus/data'
import { LeNet5 } from '@ductus/models'
import { Classifier, Trainer, streamReporter, type Callback } from '@ductus/training'
import { confusionMatrix, curves, imageGrid, kernelGrid, networkDiagram } from '@ductus/viz'
import { argMax, firstBatch, kernelsOf, layersOf, logitsOf } from './network.js'
import { Page, walkthroughArgs } from './page.js'

const { out, quick } = walkthroughArgs('lenet')
const { name: backend } = await useBackend('auto')
const page = new Page('LeNet-5 on FashionMNIST')
const epochs = quick ? 1 : 5
const data = new FashionMNIST({ batchSize: 100 })
const config = data.config()
const model = LeNet5(config, {}, { seed: 42 })

page.heading('The network')
page.picture(
  networkDiagram(layersOf(model, config.inputDims), {
    inputShape: config.inputDims,
    title: 'LeNet5',
  }),
)

const history: Record<'epoch' | 'train/loss' | 'validation/loss' | 'validation/acc', number[]> = {
  epoch: [],
  'train/loss': [],
  'validation/loss': [],
  'validation/acc': [],
}
const keep: Callback = {
  name: 'keep',
  onEpochEnd({ epoch, metrics }) {
    history.epoch.push(epoch + 1)
    for (const name of ['train/loss', 'validation/loss', 'validation/acc'] as const) {
      history[name].push(metrics[name] ?? Number.NaN)
    }
  },
}
const trainer = new Trainer({
  maxEpochs: epochs,
  ...(quick ? { limitTrainBatches: 30, limitValBatches: 10, limitTestBatches: 20 } : {}),
  callbacks: [keep],
  rootDir: false,
  seed: 42,
  reporter: streamReporter(process.stderr),
})
const fitted = await trainer.fit(new Classifier(model, { optimizer: 'Adam', lr: 0.1 }), data)
const tested = await trainer.test(new Classifier(model), data)

page.heading('Training')
page.text(
  `Adam at 0.1, batch 100, dropout 0.001, sigmoid: ${fitted.steps} steps in ${fitted.seconds.toFixed(1)} s on ${backend}. ` +
    'The exercise measures in training mode, because it never calls eval; here validation and test run in evaluation mode.',
)
page.picture(
  await curves(
    (
      [
        ['train/loss', 'Training loss'],
        ['validation/loss', 'Validation loss'],
        ['validation/acc', 'Validation accuracy'],
      ] as const
    ).map(([name, words]) => ({
      name: words,
      x: history.epoch,
      y: history[name],
    })),
    { title: 'Loss and validation accuracy by epoch', xTitle: 'Epoch', yTitle: 'Loss, accuracy' },
  ),
)
page.heading('Results')
page.text(
  `Test: loss ${tested.metrics['test/loss']?.toFixed(4)}, accuracy ${tested.metrics['test/acc']?.toFixed(4)} ` +
    `over ${tested.samples} images.`,
)
const { confusion } = tested as { confusion?: number[][] }
if (confusion)
  page.picture(
    confusionMatrix({ names: config.mapping, counts: confusion }, { order: 'confusion' }),
  )
const batch = await firstBatch(data.testDataLoader())
const { data: scores } = await logitsOf(model, batch)
const read = argMax(scores, 10)
page.picture(
  imageGrid(
    read.slice(0, 12).map((prediction, i) => ({
      image: { data: batch.x.slice(i * 784, (i + 1) * 784), height: 28, width: 28 },
      label: config.mapping[batch.y[i] ?? 0] ?? '',
      prediction: config.mapping[prediction] ?? '',
    })),
    { captions: 'words', columns: 4, tileSize: 84, title: 'Test images' },
  ),
)
for (const kernel of (await kernelsOf(model)).slice(0, 1)) page.picture(kernelGrid(kernel))
await page.write(out)
