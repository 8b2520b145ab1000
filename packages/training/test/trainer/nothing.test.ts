import { readdirSync } from 'node:fs'
import { useBackend } from '@ductus/backend'
import { ArrayDataset, DataLoader } from '@ductus/data'
import {
  Classifier,
  Trainer,
  findLearningRate,
  type StepContext,
  type TensorBatch,
  type TrainerOptions,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyConfig, toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

function set(samples: number): ArrayDataset {
  return new ArrayDataset({
    x: new Float32Array(samples * 12),
    xShape: [4, 3, 1],
    y: new Int32Array(samples),
  })
}

function data(samples: number, batchSize = 4, dropLast = false) {
  const loader = () => new DataLoader(set(samples), { batchSize, dropLast })
  const config = () => toyConfig
  return { trainDataLoader: loader, valDataLoader: loader, testDataLoader: loader, config }
}

const module = () => new Classifier(toyModel())
const trainer = (options: TrainerOptions = {}) => new Trainer({ rootDir: false, ...options })

describe('a pass over nothing', () => {
  it('is an error of fit, before it writes anything', async () => {
    const rootDir = temporaryFolder()
    await expect(trainer({ rootDir }).fit(module(), data(0))).rejects.toMatchObject({
      code: 'NO_DATA',
      message:
        'Trainer.fit: expected at least one training batch, received data of 0 samples. ' +
        'Give data with training samples, or set limitTrainBatches to 0 where that is meant.',
    })
    expect(readdirSync(rootDir)).toEqual([])
    await expect(findLearningRate(module(), data(0))).rejects.toMatchObject({ code: 'NO_DATA' })
  })

  it('is one where the only batch is dropped', async () => {
    await expect(trainer().fit(module(), data(55, 60, true))).rejects.toThrow(
      'expected at least one training batch, received 55 samples, fewer than one batch of 60, where the last batch is ' +
        'dropped. Lower the batch size, or keep the last batch (dropLast: false)',
    )
  })

  it('is one of validate, test and predict', async () => {
    const empty = data(0)
    await expect(trainer().validate(module(), empty)).rejects.toThrow(
      'Trainer.validate: expected at least one validation batch, received none.',
    )
    await expect(trainer().test(module(), empty)).rejects.toThrow(
      'Trainer.test: expected at least one test batch, received data of 0 samples.',
    )
    await expect(trainer().predict(module(), empty)).rejects.toThrow(
      'Trainer.predict: expected at least one test batch, received data of 0 samples.',
    )
    for (const batches of [[], empty.testDataLoader()]) {
      await expect(trainer().predict(module(), batches)).rejects.toThrow(
        'Trainer.predict: expected at least one batch, received none.',
      )
    }
  })

  it.each([0, { batches: 0 }, { fraction: 0 }])(
    'is a warning where %j was asked for',
    async (limit) => {
      const reporter = new RecordingReporter()
      const quiet = trainer({
        reporter,
        limitTrainBatches: limit,
        limitValBatches: limit,
        limitTestBatches: limit,
      })
      expect(await quiet.fit(module(), toyData())).toMatchObject({ status: 'completed', steps: 0 })
      const empty = { status: 'completed', samples: 0 }
      expect(await quiet.validate(module(), toyData())).toMatchObject(empty)
      expect(await quiet.test(module(), toyData())).toMatchObject(empty)
      expect(await quiet.predict(module(), toyData())).toMatchObject(empty)
      expect(reporter.warnings).toEqual([
        'Trainer.fit: limitTrainBatches is 0, so there is no training batch and no result.',
        'Trainer.validate: limitValBatches is 0, so there is no validation batch and no result.',
        'Trainer.test: limitTestBatches is 0, so there is no test batch and no result.',
        'Trainer.predict: limitTestBatches is 0, so there is no test batch and no result.',
      ])
    },
  )

  it('is a warning for a validation that a fit was to do', async () => {
    const reporter = new RecordingReporter()
    const some = { ...toyData(), valDataLoader: data(0).valDataLoader }
    await trainer({ reporter, limitTrainBatches: 1 }).fit(module(), some)
    expect(reporter.warnings).toEqual([
      'Trainer.fit: the validation data give no batch, so nothing is validated.',
    ])
  })
})

describe('what a fit refuses before it starts', () => {
  const circle: Record<string, unknown> = { name: 'a' }
  circle.inner = { list: [circle] }

  it.each([
    [{ big: { n: 10n } }, 'expected hparams.big.n as JSON can hold it, received the BigInt 10.'],
    [
      { circle },
      'expected hparams.circle.inner.list.0 as JSON can hold it, received an object that',
    ],
  ])('hparams that JSON has no words for: %#', async (hparams, message) => {
    const rootDir = temporaryFolder()
    await expect(trainer({ rootDir, hparams }).fit(module(), toyData())).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(message) as string,
    })
    expect(readdirSync(rootDir)).toEqual([])
  })

  it('takes one object in two places, and dates', async () => {
    const shared = { a: 1 }
    const hparams = { one: shared, two: shared, when: new Date(0) }
    await trainer({ hparams, limitTrainBatches: 1 }).fit(module(), toyData())
  })

  it('a network with every layer frozen', async () => {
    const model = toyModel()
    for (const layer of model.layers) layer.trainable = false
    await expect(trainer().fit(new Classifier(model), toyData())).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('received none: every layer is frozen') as string,
    })
  })

  it('a model of a name that the module does not have', async () => {
    class Misspelt extends Classifier {
      override trainingStep({ x }: TensorBatch, context: StepContext) {
        const loss: tf.Scalar = tf.mean(this.forward(x, context, this.models.modle))
        return { loss, divisor: 1 }
      }
    }
    await expect(trainer().fit(new Misspelt(toyModel()), toyData())).rejects.toThrow(
      'Misspelt.forward: expected a model, received undefined. Known in models: model.',
    )
  })
})
