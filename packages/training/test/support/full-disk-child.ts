// Fits into a folder on a disk that fills. usage: full-disk-child.ts <rootDir> <task>
import { useBackend } from '@ductus/backend'
import { Classifier, ModelCheckpoint, PredictionWriter, Trainer } from '@ductus/training'
import { appendWhole, replaceWhole } from '../../src/files/run-file.js'
import { toyData } from './toy-data.js'
import { toyModel } from './toy-model.js'

const [rootDir, task] = process.argv.slice(2)
const file = `${rootDir!}/rows.csv`

const tasks: Record<string, () => Promise<unknown>> = {
  async fit() {
    await useBackend('cpu')
    const callbacks = [new ModelCheckpoint({ saveTopK: -1, everyNSteps: 1 })]
    const trainer = new Trainer({ rootDir: rootDir!, maxEpochs: 50, callbacks })
    return trainer.fit(new Classifier(toyModel()), toyData())
  },
  async predict() {
    await useBackend('cpu')
    const callbacks = [new PredictionWriter(`${rootDir!}/predictions.jsonl`)]
    const trainer = new Trainer({ rootDir: false, callbacks })
    const { testDataLoader } = toyData({ samples: 20 })
    for (;;) await trainer.predict(new Classifier(toyModel()), loop(testDataLoader()))
  },
  append() {
    for (let row = 0; ; row++) appendWhole(file, `${'x'.repeat(998)}\n`)
  },
  replace() {
    for (let size = 8; ; size *= 2) replaceWhole(file, 'x'.repeat(size * 1024))
  },
}

/** Gives the batches again and again. */
async function* loop(loader: ReturnType<ReturnType<typeof toyData>['testDataLoader']>) {
  for (;;) yield* loader.batches(0)
}

try {
  await tasks[task!]!()
  process.stdout.write('done')
} catch (error) {
  const { code, message } = error as { code?: string; message: string }
  process.stdout.write(`${code}: ${message}`)
}
