import { useBackend } from '@ductus/backend'
import type { DataLoader } from '@ductus/data'
import {
  Classifier,
  LineRecognizer,
  readCheckpoint,
  restoreModule,
  scoreSamples,
  Trainer,
  type ClassifierOptions,
  type LineRecognizerOptions,
  type TrainingData,
} from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyCtcModel, toyLines, toyWindowModel } from '../support/toy-lines.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

type Ready = Classifier | LineRecognizer

/** Fits and tests, and gives what a module made of the checkpoint alone finds on the same data. */
async function fitAndRestore(module: Ready, data: TrainingData & { testDataLoader(): DataLoader }) {
  const trainer = new Trainer({ maxEpochs: 1, rootDir: temporaryFolder(), seed: 1 })
  const { runDir } = await trainer.fit(module, data)
  const own = await trainer.test({ checkpoint: 'best' })
  const checkpoint = await readCheckpoint(own.checkpoint!)
  const restored = restoreModule(checkpoint, module.model)
  const again = await new Trainer({ rootDir: false }).test(restored, data, { checkpoint: runDir! })
  let [sum, divisor] = [0, 0]
  const predictions: number[] = []
  for await (const batch of data.testDataLoader().batches(0)) {
    const scored = await scoreSamples(restored, batch)
    sum += scored.losses!.reduce((a, b) => a + b, 0)
    divisor += scored.divisors!.reduce((a, b) => a + b, 0)
    predictions.push(...scored.predictions)
  }
  return { own, again, restored, scored: sum / divisor, predictions }
}

describe('a Classifier of its checkpoint', () => {
  it.each<[string, ClassifierOptions]>([
    ['class weights', { classWeights: [1, 5, 50] }],
    ['label smoothing', { labelSmoothing: 0.3 }],
    ['both', { classWeights: [0.2, 1, 3], labelSmoothing: 0.1 }],
    ['mse', { loss: 'mse' }],
    ['bce', { loss: 'bce' }],
    ['huber', { loss: 'huber' }],
    ['nll, whose outputs are taken as logarithms', { loss: 'nll', classWeights: [2, 1, 1] }],
  ])('tests and scores to the loss of the fit: %s', async (_name, options) => {
    // One batch: the mean over batches of a weighted loss depends on them.
    const data = toyData({ batchSize: 50 })
    const { own, again, restored, scored, predictions } = await fitAndRestore(
      new Classifier(toyModel(5, 0), { ...options, lr: 0.01 }),
      data,
    )
    expect(again.metrics).toEqual(own.metrics)
    expect(again.checkpoint).toBe(own.checkpoint)
    expect(scored).toBeCloseTo(own.metrics['test/loss']!, 5)
    const right = predictions.filter((each, i) => each === i % 3).length
    expect(right / predictions.length).toBeCloseTo(own.metrics['test/acc']!, 12)
    expect(restored.options).toEqual({ loss: options.loss ?? 'cross_entropy', ...options })
  })

  it.each([
    ['cross_entropy', 'probability', 1],
    ['bce', 'class-probability', undefined],
    ['mse', 'score', undefined],
    ['huber', 'score', undefined],
  ] as const)('says what the scores of %s are: %s', async (loss, kind, sum) => {
    const module = new Classifier(toyModel(5, 0), { loss })
    const batch = toyData().testDataLoader().batch(0, 0)
    const { scores, outputs, losses, ...scored } = await scoreSamples(module, {
      ...{ x: batch.x, xShape: batch.xShape, size: batch.size },
    })
    expect([scored.kind, scored.shape, losses]).toEqual([kind, [20, 3], undefined])
    const total = scores.subarray(0, 3).reduce((a, b) => a + b, 0)
    if (sum !== undefined) expect(total).toBeCloseTo(sum, 6)
    if (kind === 'score') expect(scores).toEqual(outputs)
    if (kind === 'class-probability') {
      expect(scores[0]).toBeCloseTo(1 / (1 + Math.exp(-outputs[0]!)), 6)
    }
  })
})

describe('a LineRecognizer of its checkpoint', () => {
  it.each<[string, LineRecognizerOptions]>([
    ['cross-entropy', { loss: 'cross_entropy' }],
    ['padding that counts', { countPadding: true }],
    ['label smoothing', { labelSmoothing: 0.3 }],
    ['ctc with a beam', { loss: 'ctc', beamWidth: 3 }],
    ['ctc that leaves long lines out', { loss: 'ctc', zeroInfinity: true }],
  ])('tests and scores to the loss of the fit: %s', async (_name, options) => {
    const model = options.loss === 'ctc' ? toyCtcModel() : toyWindowModel()
    const { own, again, restored, scored } = await fitAndRestore(
      new LineRecognizer(model, { ...options, lr: 0.01 }),
      toyLines({ batchSize: 16 }),
    )
    expect(again.metrics).toEqual(own.metrics)
    expect(scored).toBeCloseTo(own.metrics['test/loss']!, 5)
    expect(restored.options).toMatchObject(options)
  })
})

describe('a checkpoint that no module can be made of', () => {
  async function checkpoint(change: (module: { name: string; hparams: unknown }) => void) {
    const trainer = new Trainer({ maxEpochs: 1, rootDir: temporaryFolder(), limitTrainBatches: 1 })
    const { lastCheckpoint } = await trainer.fit(new Classifier(toyModel()), toyData())
    const checkpoint = await readCheckpoint(lastCheckpoint!)
    change(checkpoint.manifest.module)
    return checkpoint
  }

  it.each<[string, (module: { name: string; hparams: unknown }) => void, string]>([
    [
      'weights of another number of classes',
      (module) => (module.hparams = { classWeights: [1, 2] }),
      'expected module.hparams.classWeights in checkpoint.json to be 3 numbers of at least 0, one a class, received [1,2]',
    ],
    [
      'a share of its own kind',
      (module) => (module.hparams = { labelSmoothing: 7 }),
      'expected module.hparams.labelSmoothing in checkpoint.json to be a number from 0 to 1, received 7',
    ],
    [
      'a loss of no such name',
      (module) => (module.hparams = { loss: 'constructor' }),
      'to be a loss that Classifier knows, received "constructor"',
    ],
    [
      'no options',
      (module) => (module.hparams = null),
      'expected module.hparams in checkpoint.json',
    ],
    [
      'a module of the user',
      (module) => (module.name = 'Regressor'),
      'received a module of class "Regressor". Make that module in code',
    ],
    [
      'a reader of lines for images',
      (module) => (module.name = 'LineRecognizer'),
      'expected data of lines, as its LineRecognizer was trained on',
    ],
  ])('%s: says so', async (_name, change, message) => {
    const changed = await checkpoint(change)
    expect(() => restoreModule(changed, toyModel())).toThrow(message)
  })
})
