// A process that fits until it is done or killed. usage: fit-child.ts <rootDir> <backend> <milliseconds a batch>
import { useBackend } from '@ductus/backend'
import { Classifier, ModelCheckpoint, Trainer } from '@ductus/training'
import { hashKey } from '@ductus/backend'
import { toyData } from './toy-data.js'
import { toyModel } from './toy-model.js'
import { weightsOf } from './weights-of.js'

const [rootDir, backend, pause] = process.argv.slice(2)
await useBackend(backend as 'wasm')
const model = toyModel()
const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Number(pause)))
const trainer = new Trainer({
  maxEpochs: 4,
  accumulateGradBatches: 4,
  valCheckInterval: 4,
  logEveryNSteps: 1,
  rootDir: rootDir!,
  callbacks: [
    { onTrainBatchEnd: wait, onValidationBatchEnd: wait },
    new ModelCheckpoint({ saveTopK: 2, everyNSteps: 1 }),
  ],
})
process.on('SIGTERM', () => {
  trainer.interrupt('SIGTERM')
})
process.stdout.write('started\n')
const result = await trainer.fit(new Classifier(model, { lr: 0.01 }), toyData(), { resume: 'last' })
const { status, epochs, steps, metrics, bestScore } = result
const weights = hashKey(JSON.stringify(weightsOf(model)))
process.stdout.write(`${JSON.stringify({ status, epochs, steps, metrics, bestScore, weights })}\n`)
