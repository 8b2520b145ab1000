// Intentional overfitting: a network that can't memorise two batches has a bug.
//   npx tsx -C @ductus/source examples/walkthroughs/overfitting.ts [--quick]
import { useBackend } from '@ductus/backend'
import { MNIST } from '@ductus/data'
import { MLP } from '@ductus/models'
import { Classifier, Trainer, type Callback } from '@ductus/training'
import { curves, imageGrid } from '@ductus/viz'
import { argMax, firstBatch, logitsOf } from './network.js'
import { Page, walkthroughArgs } from './page.js'

const { out, quick } = walkthroughArgs('overfitting')
await useBackend('auto')
const page = new Page('Overfitting on purpose')
const epochs = quick ? 15 : 50
const data = new MNIST({ batchSize: 128 })
const config = data.config()

/** Trains on two batches and keeps the loss of each epoch, on them and on images never seen. */
async function memorise(fcDropout: number) {
  const model = MLP(config, { fcDropout }, { seed: 42 })
  const losses: number[] = []
  const unseen: number[] = []
  const keep: Callback = {
    name: 'keep',
    onEpochEnd({ metrics }) {
      losses.push(metrics['train/loss'] ?? Number.NaN)
      unseen.push(metrics['validation/loss'] ?? Number.NaN)
    },
  }
  const trainer = new Trainer({
    maxEpochs: epochs,
    overfitBatches: 2,
    overfitEvaluation: 'own',
    limitValBatches: 4,
    callbacks: [keep],
    rootDir: false,
    seed: 42,
  })
  await trainer.fit(new Classifier(model, { lr: 1e-3 }), data)
  return { model, losses, unseen }
}

const plain = await memorise(0)
const dropped = await memorise(0.5)
const x = plain.losses.map((_, i) => i + 1)
page.text(
  'The first two training batches, unshuffled, the same every epoch. The training loss must fall to nothing; validation on images of ' +
    'their own shows that nothing was learnt about others. Dropout holds the network back: turn it off to overfit.',
)
page.picture(
  await curves(
    [
      { name: 'dropout 0: train', x, y: plain.losses },
      { name: 'dropout 0: validation', x, y: plain.unseen },
      { name: 'dropout 0.5: train', x, y: dropped.losses },
      { name: 'dropout 0.5: validation', x, y: dropped.unseen },
    ],
    {
      title: 'Two batches of MNIST, MLP',
      xTitle: 'Epoch',
      yTitle: 'Loss (log)',
      yScale: 'log',
      height: 320,
    },
  ),
)
page.table(
  ['Dropout', 'Training loss at the end', 'Validation loss at the end', 'Lowest validation loss'],
  [
    ['0', plain.losses.at(-1), plain.unseen.at(-1), Math.min(...plain.unseen)],
    ['0.5', dropped.losses.at(-1), dropped.unseen.at(-1), Math.min(...dropped.unseen)],
  ],
)
const batch = await firstBatch(data.trainDataLoader().unshuffled())
const { data: scores } = await logitsOf(plain.model, batch)
const read = argMax(scores, 10)
page.picture(
  imageGrid(
    read.slice(0, 30).map((prediction, i) => ({
      image: { data: batch.x.slice(i * 784, (i + 1) * 784), height: 28, width: 28 },
      label: String(batch.y[i]),
      prediction: String(prediction),
    })),
    { title: 'What it memorised', columns: 10 },
  ),
)
await page.write(out)
