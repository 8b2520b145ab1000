// Look at EMNIST: the data's print-out, random images, five epochs of the CNN, what it reads.
//   DUCTUS_DATA_MIRROR=… npx tsx -C @ductus/source examples/walkthroughs/emnist.ts [--quick]
import { useBackend } from '@ductus/backend'
import { EMNIST, statsOf } from '@ductus/data'
import { CNN } from '@ductus/models'
import { Classifier, Trainer, streamReporter } from '@ductus/training'
import { imageGrid, kernelGrid, networkDiagram } from '@ductus/viz'
import { argMax, firstBatch, kernelsOf, layersOf, logitsOf } from './network.js'
import { Page, walkthroughArgs } from './page.js'

const { out, quick } = walkthroughArgs('emnist')
await useBackend('auto')
const page = new Page('Look at EMNIST')
// EMNIST_FILES names a folder of another split's files, such as a part of the balanced one
const files = process.env.EMNIST_FILES
const data = new EMNIST(
  files === undefined ? {} : { split: 'balanced', emnistFiles: files, balance: false },
)
await data.prepareData()
await data.setup('fit')
await data.setup('test')
const config = data.config()

page.heading('The data')
page.print(data.describe())
const batch = await firstBatch(data.testDataLoader())
const stats = (name: string, values: Float32Array | Int32Array, shape: number[]) => {
  const { min, mean, max } = statsOf(values, shape)
  return `${name}: [${shape.join(', ')}], min ${min.toFixed(2)}, mean ${mean.toFixed(2)}, max ${max.toFixed(2)}`
}
page.print([stats('x', batch.x, batch.xShape), stats('y', batch.y, batch.yShape)].join('\n'))
const image = (i: number) => ({
  data: batch.x.slice(i * 784, (i + 1) * 784),
  height: 28,
  width: 28,
})
const name = (y: number | undefined) => config.mapping[y ?? 0] ?? '?'
const nine = [3, 14, 15, 92, 65, 35, 89, 79, 32].map((i) => i % batch.size)
page.picture(
  imageGrid(
    nine.map((i) => ({ image: image(i), label: name(batch.y[i]) })),
    { title: 'Nine test images', columns: 3, tileSize: 84 },
  ),
)

page.heading('The network')
const model = CNN(config, quick ? { convDim: 8, fcDim: 32 } : {}, { seed: 42 })
page.picture(
  networkDiagram(layersOf(model, config.inputDims), { inputShape: config.inputDims, title: 'CNN' }),
)
const trainer = new Trainer({
  maxEpochs: quick ? 1 : 5,
  rootDir: false,
  seed: 42,
  reporter: streamReporter(process.stderr),
})
const fitted = await trainer.fit(new Classifier(model, { lr: 1e-3 }), data)
const tested = await trainer.test(new Classifier(model), data)
page.text(
  `${fitted.epochs} ${fitted.epochs === 1 ? 'epoch' : 'epochs'}, ${fitted.steps} steps in ${fitted.seconds.toFixed(1)} s; test accuracy ` +
    `${(tested.metrics['test/acc'] ?? Number.NaN).toFixed(4)} over ${tested.samples} images.`,
)
const { data: scores, shape } = await logitsOf(model, batch)
page.text(`Logits of a test batch: [${shape.join(', ')}].`)
const read = argMax(scores, shape[1] ?? 1)
page.picture(
  imageGrid(
    nine.map((i) => ({ image: image(i), label: name(batch.y[i]), prediction: name(read[i]) })),
    { captions: 'correct', title: 'What it reads', columns: 3, tileSize: 84 },
  ),
)
const [first] = await kernelsOf(model)
if (first) page.picture(kernelGrid(first))
await page.write(out)
