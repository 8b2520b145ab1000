import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashKey, uniformValues, useBackend } from '@ductus/backend'
import { MNIST, type Batch } from '@ductus/data'
import { MLP } from '@ductus/models'
import {
  Adam,
  Classifier,
  LitModule,
  SGD,
  Trainer,
  type ClassifierOptions,
  type FitResult,
  type LearningFindingCode,
  type ManualStepContext,
  type StepContext,
  type TensorBatch,
  type TrainerOptions,
  type TrainingData,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'

// Real digits, whose validation shows what was learned; an epoch of 110 batches of 32.
const digits = new MNIST({ batchSize: 32, trainSize: 3520, valSize: 1000 })
beforeAll(async () => {
  await useBackend('auto', { threads: 1 })
  await digits.setup('fit')
})

const network = (seed = 42): LayersModel =>
  MLP(digits.config(), { fc1: 32, fc2: 16, fcDropout: 0 }, { seed })

async function fit(
  options: ClassifierOptions,
  trainer: TrainerOptions = {},
  data: TrainingData = digits,
): Promise<FitResult> {
  const module = new Classifier(network(), options)
  return new Trainer({ rootDir: false, seed: 42, ...trainer }).fit(module, data)
}

const codes = ({ findings }: FitResult): LearningFindingCode[] => findings.map(({ code }) => code)

/** The digits with the training labels of other images. */
function shuffledLabels(data = digits): TrainingData {
  const loader = data.trainDataLoader()
  return {
    trainDataLoader: () => ({
      length: loader.length,
      async *batches(epoch: number, from?: number) {
        for await (const batch of loader.batches(epoch, from)) yield withDrawnLabels(batch)
      },
    }),
    valDataLoader: () => data.valDataLoader(),
  }
}

/** An image keeps its label from epoch to epoch: what it is says which. */
function withDrawnLabels(batch: Batch): Batch {
  const each = batch.x.length / batch.size
  const y = Int32Array.from({ length: batch.size }, (_, i) => {
    const ink = batch.x.subarray(i * each, (i + 1) * each).reduce((sum, value) => sum + value, 0)
    return Math.floor(uniformValues(hashKey('label', String(ink)), 1, 0, 10)[0]!)
  })
  return { ...batch, y }
}

describe('a fit that learns', () => {
  it.each([
    ['Adam', {}, {}],
    ['SGD', { optimizer: 'SGD', lr: 0.1 }, {}],
    [
      'label smoothing and class weights',
      { labelSmoothing: 0.2, classWeights: [1, 5, 1, 1, 1, 1, 1, 1, 1, 1] },
      {},
    ],
    ['mse', { loss: 'mse' }, {}],
    ['overfitting', {}, { overfitBatches: 2, maxEpochs: 60 }],
    ['no validation', {}, { limitValBatches: 0 }],
    ['a validation of 20 images', {}, { limitValBatches: { fraction: 0.02 } }],
  ] as [string, ClassifierOptions, TrainerOptions][])(
    'has no findings: %s',
    async (_, options, trainer) => {
      expect((await fit(options, trainer)).findings).toEqual([])
    },
  )

  it.each([1, 2, 3, 5, 10, 20, 50])(
    'has none after %d batches either',
    async (limitTrainBatches) => {
      expect((await fit({}, { limitTrainBatches })).findings).toEqual([])
    },
  )

  it('has none when a trained network is tuned on, its loss as low at the start', async () => {
    const model = network()
    const trainer = new Trainer({ rootDir: false, maxEpochs: 6, seed: 1 })
    expect((await trainer.fit(new Classifier(model), digits)).findings).toEqual([])
    for (const lr of [1e-4, 1e-9]) {
      const tuning = new Trainer({ rootDir: false, seed: 2 })
      const result = await tuning.fit(new Classifier(model, { lr }), digits)
      expect(result.findings, `lr ${lr}`).toEqual([])
    }
  })
})

describe('a fit that does not learn says so', () => {
  it.each([5, 30, 110])(
    'with a learning rate of 10, after %d batches',
    async (limitTrainBatches) => {
      const reporter = new RecordingReporter()
      const result = await fit({ lr: 10 }, { limitTrainBatches, reporter })
      expect(result.status).toBe('completed')
      expect(result.findings[0]).toMatchObject({ code: 'LOSS_ROSE' })
      expect(result.findings[0]!.message).toMatch(
        /^The training loss rose from 2\.\d+ to [\d.e]+(, and ended at [\d.e]+)?\.$/,
      )
      expect(result.findings[0]!.tryNext).toMatch(
        /^The learning rate, 10, is likely too large: try lr 0\.001 \(ductus fit --lr 0\.001\)/,
      )
      expect(reporter.warnings.filter((line) => line.includes('too large'))).toHaveLength(1)
    },
  )

  it('with a learning rate of 1e-9', async () => {
    const result = await fit({ lr: 1e-9 }, { limitTrainBatches: 30 })
    expect(result.findings[0]).toMatchObject({ code: 'LOSS_FLAT' })
    expect(result.findings[0]!.tryNext).toMatch(
      /^The learning rate, 1e-9, is likely too small: try lr 0\.001 /,
    )
  })

  it('with the labels of other images', async () => {
    const result = await fit({}, { maxEpochs: 2 }, shuffledLabels())
    expect(codes(result)).toContain('AT_CHANCE')
    const { message, tryNext } = result.findings.find(({ code }) => code === 'AT_CHANCE')!
    expect(message).toMatch(
      /^Validation accuracy, \d+\.\d %, is not above the share of the commonest class, \d+\.\d %\.$/,
    )
    expect(tryNext).toMatch(/labels.*belong to the(ir)? images: look at some with ductus viz data/)
  })

  it('with the labels of other images, learned by heart', async () => {
    const few = new MNIST({ batchSize: 32, trainSize: 256, valSize: 1000 })
    await few.setup('fit')
    const result = await fit({ lr: 0.005 }, { maxEpochs: 60 }, shuffledLabels(few))
    expect(result.metrics['train/loss']).toBeLessThan(1)
    expect(codes(result)).toContain('AT_CHANCE')
    const { tryNext } = result.findings.find(({ code }) => code === 'AT_CHANCE')!
    expect(tryNext).toMatch(/^The training loss fell, so the model learns its samples by heart/)
  })

  it('with one class for all, and a layer whose units are dead', async () => {
    const result = await fit({ lr: 0.5 })
    expect(codes(result)).toEqual(expect.arrayContaining(['ONE_CLASS', 'DEAD_UNITS']))
    const said = Object.fromEntries(result.findings.map(({ code, message }) => [code, message]))
    expect(said.ONE_CLASS).toMatch(
      /^One class, "\d", is predicted for all 1,000 validation samples \(accuracy \d+\.\d %\)\.$/,
    )
    expect(said.DEAD_UNITS).toMatch(
      /^\d+\.\d % of the ReLU units of layer "fc[12]" are dead: 0 for each of 256 training samples\.$/,
    )
  })

  it('unless it is told not to', async () => {
    const reporter = new RecordingReporter()
    const result = await fit({ lr: 10 }, { limitTrainBatches: 30, learningCheck: false, reporter })
    expect(result.findings).toEqual([])
    expect(reporter.warnings).toEqual([])
  })
})

describe('a module of the user', () => {
  /** Says how far a digit is from 4.5, and logs nothing but its loss. */
  class Regressor extends LitModule {
    constructor(readonly lr: number) {
      super({ model: network() })
    }

    override trainingStep({ x, y, size }: TensorBatch, context: StepContext): tf.Scalar {
      const found = tf.mean(this.forward(x, context), 1)
      return tf.mean(tf.square(tf.sub(found, tf.sub(tf.reshape(y, [size]), 4.5))))
    }

    override validationStep(batch: TensorBatch, context: StepContext): tf.Scalar {
      return this.trainingStep(batch, context)
    }

    override configureOptimizers() {
      return new Adam({ lr: this.lr })
    }
  }

  it.each([
    [1e-3, []],
    [10, ['LOSS_ROSE']],
    [1e-9, ['LOSS_FLAT']],
  ] as [number, LearningFindingCode[]][])(
    'without an accuracy is judged by its loss: lr %d',
    async (lr, expected) => {
      const trainer = new Trainer({ rootDir: false, seed: 42, limitTrainBatches: 60 })
      const result = await trainer.fit(new Regressor(lr), digits)
      expect(codes(result).filter((code) => code.startsWith('LOSS'))).toEqual(expected)
    },
  )

  /** Two networks against each other: the loss of one rises as the other learns. */
  class Rivals extends LitModule {
    constructor() {
      super({ a: network(1), b: network(2) })
    }

    override trainingStep(): never {
      throw new Error('step() trains')
    }

    override step({ x }: TensorBatch, context: ManualStepContext): tf.Scalar {
      const { a, b } = this.models as Record<string, LayersModel>
      const distance = (): tf.Scalar => {
        const [left, right] = [a, b].map((model) => this.forward(x, context, model))
        return tf.mean(tf.square(tf.sub(left!, right!)))
      }
      context.minimize('flees', () => tf.neg(tf.tanh(distance())))
      return context.minimize('follows', distance)
    }

    override configureOptimizers() {
      return {
        flees: { optimizer: new SGD({ lr: 0.05 }), models: ['a'] },
        follows: { optimizer: new SGD({ lr: 1e-5 }), models: ['b'] },
      }
    }
  }

  it('that steps its optimizers by hand may report a loss that rises', async () => {
    const losses: number[] = []
    const result = await new Trainer({
      rootDir: false,
      seed: 42,
      limitTrainBatches: 60,
      limitValBatches: 0,
      callbacks: [
        { onTrainBatchEnd: (_, { metrics }) => void losses.push(metrics['train/loss']!) },
      ],
    }).fit(new Rivals(), digits)
    expect(losses.at(-1)).toBeGreaterThan(2 * losses[0]!)
    expect(result.findings).toEqual([])
  })
})

describe('the run folder', () => {
  it('has the findings, which a run that is resumed and learns takes back', async () => {
    const rootDir = temporaryFolder()
    const first = await fit({ lr: 1e-9 }, { rootDir, maxEpochs: 1 })
    const path = join(first.runDir!, 'findings.json')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      format: 'ductus-findings',
      version: 1,
      findings: first.findings,
    })
    const trainer = new Trainer({ rootDir, maxEpochs: 3, seed: 42 })
    const second = await trainer.fit(new Classifier(network(), { lr: 0.001 }), digits, {
      resume: 'last',
    })
    expect(second.runDir).toBe(first.runDir)
    expect(existsSync(path)).toBe(second.findings.length > 0)
  })

  it('judges over the whole run where it is resumed: the start is that of the first process', async () => {
    const rootDir = temporaryFolder()
    const stopped = await fit({ lr: 10 }, { rootDir, maxSteps: 20 })
    expect(codes(stopped)[0]).toBe('LOSS_ROSE')
    const trainer = new Trainer({ rootDir, maxSteps: 40, seed: 42 })
    const resumed = await trainer.fit(new Classifier(network(), { lr: 10 }), digits, {
      resume: 'last',
    })
    expect(resumed.steps).toBe(40)
    // Within the second process alone the loss falls.
    expect(resumed.findings[0]).toMatchObject({ code: 'LOSS_ROSE' })
    const whole = await fit({ lr: 10 }, { maxSteps: 40 })
    expect(resumed.findings[0]).toEqual(whole.findings[0])
  })
})

describe('tensors', () => {
  it('stay as many as they were', async () => {
    await fit({ lr: 10 }, { limitTrainBatches: 10 })
    const before = tf.memory().numTensors
    const model = network()
    const module = new Classifier(model, { lr: 10 })
    await new Trainer({ rootDir: false, limitTrainBatches: 10 }).fit(module, digits)
    model.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
