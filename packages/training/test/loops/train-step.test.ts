import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { namedWeights, useBackend } from '@ductus/backend'
import {
  Classifier,
  constantLr,
  exponentialLr,
  linearWarmup,
  LitModule,
  oneCycle,
  SGD,
  stepLr,
  Trainer,
  type Callback,
  type GradientClipping,
  type Schedule,
  type StepContext,
  type TensorBatch,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

beforeAll(async () => {
  await useBackend('cpu')
})

const weights = (model: tfl.LayersModel): number[] =>
  namedWeights(model).flatMap(({ variable }) => Array.from(variable.dataSync()))

/** Data whose training batches come in file order. */
function inOrder(batchSize: number) {
  const data = toyData({ batchSize })
  return { trainDataLoader: () => data.trainDataLoader().unshuffled() }
}

describe('gradient accumulation', () => {
  it('steps as one large batch does, also for a last group that is not full', async () => {
    const sum = async (batchSize: number, accumulateGradBatches: number) => {
      const model = toyModel(5, 0)
      const module = new Classifier(model, { optimizer: 'SGD', lr: 0.1 })
      const trainer = new Trainer({ maxEpochs: 2, accumulateGradBatches, rootDir: false })
      const { steps } = await trainer.fit(module, inOrder(batchSize))
      return { steps, weights: weights(model) }
    }
    const large = await sum(60, 1)
    // 110 samples: groups of three batches of 20, the second with batches of 20, 20 and 10.
    const grouped = await sum(20, 3)
    expect(grouped.steps).toBe(4)
    expect(large.steps).toBe(4)
    grouped.weights.forEach((value, i) => {
      expect(value).toBeCloseTo(large.weights[i]!, 5)
    })
  })
})

describe('gradient clipping', () => {
  const fixture = JSON.parse(
    readFileSync(new URL('../fixtures/clipping.json', import.meta.url), 'utf8'),
  ) as { gradients: [number[], number[]]; norm: number[][]; value: number[][] }

  /** One step of SGD at rate 1 on a loss whose gradients are the fixture's: the weights' change is the gradient. */
  async function clipped(gradientClip: GradientClipping): Promise<number[]> {
    const model = tfl.sequential({
      layers: [
        tfl.layers.dense({
          name: 'a',
          units: 2,
          inputShape: [3],
          useBias: false,
          kernelInitializer: 'zeros',
        }),
        tfl.layers.dense({ name: 'b', units: 2, useBias: false, kernelInitializer: 'zeros' }),
      ],
    })
    class Linear extends LitModule {
      trainingStep(_batch: TensorBatch, _context: StepContext): tf.Scalar {
        const [a, b] = namedWeights(model).map(({ variable }) => variable)
        const [da, db] = fixture.gradients
        return tf.add(
          tf.sum(tf.mul(a!, tf.tensor(da, [3, 2]))),
          tf.sum(tf.mul(b!, tf.tensor(db, [2, 2]))),
        )
      }
      configureOptimizers() {
        return new SGD({ lr: 1 })
      }
    }
    const trainer = new Trainer({ maxSteps: 1, gradientClip, rootDir: false })
    await trainer.fit(new Linear({ model }), inOrder(20))
    return weights(model).map((value) => -value)
  }

  it.each([
    ['norm', { norm: 0.7 }],
    ['value', { value: 0.4 }],
  ] as const)('by %s follows PyTorch', async (kind, option) => {
    const expected = fixture[kind].flat()
    ;(await clipped(option)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 6)
    })
  })

  it('leaves small gradients alone', async () => {
    const expected = fixture.gradients.flat()
    ;(await clipped({ norm: 1000 })).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5)
    })
  })
})

describe('schedules in a run', () => {
  it('are followed by step, with momentum', async () => {
    const seen: [number, number | undefined][] = []
    const watch: Callback = {
      onAfterOptimizerStep: ({ optimizers }) => {
        const { learningRate, momentum } = optimizers.optimizer!
        seen.push([learningRate, momentum])
      },
    }
    const module = new Classifier(toyModel(), { oneCycleMaxLr: 0.5, oneCycleTotalSteps: 6 })
    await new Trainer({ rootDir: false, callbacks: [watch] }).fit(module, toyData())
    expect(seen).toHaveLength(6)
    expect(seen[0]![0]).toBeCloseTo(0.02, 12)
    expect(seen[0]![1]).toBeCloseTo(0.95, 12)
    expect(seen.at(-1)![0]).toBeCloseTo(0.02 / 1e4, 12)
  })

  it('end with an error past their steps', async () => {
    const module = new Classifier(toyModel(), { oneCycleMaxLr: 0.5, oneCycleTotalSteps: 6 })
    const trainer = new Trainer({ maxEpochs: 2, rootDir: false })
    await expect(trainer.fit(module, toyData())).rejects.toThrow('expected at most 6 steps')
  })

  it.each<[string, Schedule, string]>([
    [
      'a rate that is NaN',
      function mySchedule(at) {
        return at < 2 ? 0.1 : NaN
      },
      'Schedule mySchedule: expected a learning rate that is a number of at least 0 at step 2, received NaN.',
    ],
    ['an infinite rate', (at) => 1 / (1 - at), 'at step 1, received Infinity.'],
    ['a negative rate', (at) => 0.1 - at, 'at step 1, received -0.9.'],
    ['no rate', () => ({}) as never, 'at step 0, received undefined.'],
    [
      'a rate of its own that grows past all numbers',
      exponentialLr({ lr: 1e-3, gamma: 1e200 }),
      'Schedule exponentialLr: expected a learning rate that is a number of at least 0 at step 2, received Infinity.',
    ],
    [
      'what a warm-up hands over to',
      linearWarmup({ steps: 2 }, (at) => (at === 0 ? 1 : NaN)),
      'Schedule linearWarmup, then a schedule: expected a learning rate that is a number of at least 0 at step 3, received NaN.',
    ],
    [
      'a momentum that is NaN',
      () => ({ lr: 0.1, momentum: NaN }),
      'expected a momentum that is a number from 0 up to but not including 1 at step 0, received NaN.',
    ],
    ['a momentum of 1', () => ({ lr: 0.1, momentum: 1 }), 'at step 0, received 1.'],
  ])('stop the run by name and step: %s', async (_, schedule, message) => {
    const model = toyModel()
    const trainer = new Trainer({ rootDir: false })
    const before = weightsOf(model)
    const fit = trainer.fit(new Classifier(model, { schedule }), toyData())
    await expect(fit).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(message) as string,
    })
    const values = Object.values(weightsOf(model)).flat()
    expect(values.every(Number.isFinite)).toBe(true)
    if (message.includes('step 0')) expect(weightsOf(model)).toEqual(before)
  })

  it('stop the run at the step where a callback sets a rate that is no number', async () => {
    const spoil: Callback = {
      onTrainBatchStart: ({ optimizers, step }) => {
        if (step === 3) optimizers.optimizer!.learningRate = NaN
      },
    }
    const trainer = new Trainer({ rootDir: false, callbacks: [spoil] })
    await expect(trainer.fit(new Classifier(toyModel()), toyData())).rejects.toThrow(
      'Adam: expected learningRate to be a number of at least 0 in step 3, received NaN.',
    )
  })

  it('finish a cycle of a single step with finite weights', async () => {
    const model = toyModel()
    const schedule = oneCycle({ maxLr: 0.01, totalSteps: 1, pctStart: 1 })
    const trainer = new Trainer({ rootDir: false, maxSteps: 1 })
    await trainer.fit(new Classifier(model, { schedule }), toyData())
    expect(Object.values(weightsOf(model)).flat().every(Number.isFinite)).toBe(true)
  })

  it('are recorded by name', async () => {
    const rootDir = temporaryFolder()
    for (const [schedule, name] of [
      [stepLr({ lr: 0.1, stepSize: 3 }), 'stepLr'],
      [linearWarmup({ steps: 2 }, constantLr(0.1)), 'linearWarmup, then constantLr'],
    ] as const) {
      const trainer = new Trainer({ rootDir, maxSteps: 1 })
      const module = new Classifier(toyModel(), { schedule })
      const { runDir } = await trainer.fit(module, toyData())
      const hparams = JSON.parse(readFileSync(join(runDir!, 'hparams.json'), 'utf8')) as object
      expect(hparams).toMatchObject({ module: { schedule: name } })
    }
  })

  it('are followed by epoch', async () => {
    const seen: number[] = []
    const watch: Callback = {
      onEpochEnd: ({ optimizers }) => void seen.push(optimizers.optimizer!.learningRate),
    }
    const module = new Classifier(toyModel(), {
      schedule: (epoch) => 0.1 / (epoch + 1),
      scheduleInterval: 'epoch',
    })
    await new Trainer({ maxEpochs: 3, rootDir: false, callbacks: [watch] }).fit(module, toyData())
    expect(seen).toEqual([0.1, 0.05, 0.1 / 3])
  })
})
