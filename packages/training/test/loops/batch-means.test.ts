import { readFileSync } from 'node:fs'
import { useBackend } from '@ductus/backend'
import { ArrayDataset, DataLoader } from '@ductus/data'
import {
  Adam,
  Classifier,
  LineRecognizer,
  LitModule,
  Trainer,
  type Callback,
  type ClassifierOptions,
  type LineRecognizerOptions,
  type ManualStepContext,
  type StepContext,
  type StepLoss,
  type TensorBatch,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { backendsHere } from '../support/backends-here.js'
import { RecordingReporter } from '../support/recording-reporter.js'
import { fitWithStops } from '../support/fit-with-stops.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

/** From PyTorch in double precision: a linear model, all samples in one batch. */
interface Expected<Options> {
  options: Options
  loss: number
  kernel: number[]
  bias: number[]
}
interface Fixture {
  classes: {
    x: number[]
    labels: number[]
    kernel: number[]
    bias: number[]
    right: number
    cases: Expected<ClassifierOptions>[]
  }
  lines: {
    positions: number[]
    steps: number[]
    labels: number[]
    kernel: number[]
    bias: number[]
    cases: Expected<LineRecognizerOptions>[]
  }
}

const { classes, lines } = JSON.parse(
  readFileSync(new URL('../fixtures/means.json', import.meta.url), 'utf8'),
) as Fixture
const mapping = ['<B>', '<S>', '<E>', '<P>', 'a', 'b', 'c']
const lr = 0.5

function linear(inputShape: number[], kernel: number[], bias: number[]): tfl.LayersModel {
  const model = tfl.sequential({
    layers: [tfl.layers.dense({ name: 'dense', units: bias.length, inputShape })],
  })
  tf.tidy(() => {
    model.setWeights([tf.tensor(kernel, [6, bias.length]), tf.tensor(bias)])
  })
  return model
}

/** The same samples in file order for training, validation and test. */
function inBatches(dataset: ArrayDataset, batchSize: number) {
  const loader = () => new DataLoader(dataset, { batchSize, shuffle: false })
  return { trainDataLoader: loader, valDataLoader: loader, testDataLoader: loader }
}

const classData = (batchSize: number) =>
  inBatches(
    new ArrayDataset({
      x: Float32Array.from(classes.x),
      xShape: [6],
      y: Int32Array.from(classes.labels),
    }),
    batchSize,
  )

const lineData = (batchSize: number, { loss }: LineRecognizerOptions) =>
  inBatches(
    new ArrayDataset({
      x: Float32Array.from(loss === 'ctc' ? lines.steps : lines.positions),
      xShape: [loss === 'ctc' ? 11 : 5, 6],
      y: Int32Array.from(lines.labels),
      yShape: [5],
    }),
    batchSize,
  )

const classModule = (options: ClassifierOptions): Classifier =>
  new Classifier(linear([6], classes.kernel, classes.bias), { optimizer: 'SGD', lr, ...options })

const lineModule = (options: LineRecognizerOptions): LineRecognizer =>
  new LineRecognizer(linear([options.loss === 'ctc' ? 11 : 5, 6], lines.kernel, lines.bias), {
    optimizer: 'SGD',
    lr,
    mapping,
    ...options,
  })

type Data = ReturnType<typeof inBatches>

/** Takes one optimizer step over all samples; gives what it was told and what it made. */
async function step(module: LitModule, data: Data, accumulateGradBatches: number) {
  const gradients: tf.Tensor[] = []
  const ofStep: Readonly<Record<string, number>>[] = []
  const watch: Callback = {
    onBeforeOptimizerStep: (_context, _weights, given) => {
      for (const each of given) gradients.push(tf.keep(tf.clone(each!)))
    },
    onAfterOptimizerStep: ({ fresh }) => void ofStep.push(fresh),
  }
  const trainer = new Trainer({
    accumulateGradBatches,
    limitValBatches: 0,
    rootDir: false,
    callbacks: [watch],
  })
  const { metrics, steps } = await trainer.fit(module, data)
  expect(steps).toBe(1)
  expect(ofStep).toHaveLength(1)
  const values = gradients.map((each) => Array.from(each.dataSync()))
  tf.dispose(gradients)
  const [model] = Object.values(module.models)
  const weights = model!.getWeights().map((each) => Array.from(each.dataSync()))
  return { metrics, ofStep: ofStep[0]!, gradients: values, weights }
}

/** Within 1e-6 of the largest. */
function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-6) {
  const most = Math.max(...expected.map(Math.abs))
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(tolerance * most)
  })
}

async function expectStep(
  made: Awaited<ReturnType<typeof step>>,
  { loss, kernel, bias }: Expected<unknown>,
  start: { kernel: number[]; bias: number[] },
) {
  expectClose([made.metrics['train/loss']!], [loss])
  expectClose([made.ofStep['train/loss']!], [loss])
  expectClose(made.gradients.flat(), [...kernel, ...bias])
  const after = (weights: number[], gradient: number[]) =>
    weights.map((weight, i) => weight - lr * gradient[i]!)
  expectClose(made.weights.flat(), [...after(start.kernel, kernel), ...after(start.bias, bias)])
}

/** Batch size and batches a step: all of 23 samples each time. */
const groupings = [
  [128, 1],
  [23, 1],
  [8, 3],
  [7, 10],
  [1, 23],
] as const

describe.each(backendsHere)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend)
  })

  describe.each(classes.cases)('Classifier with $options', (expected) => {
    const { options, loss } = expected

    it.each(groupings)('steps as PyTorch does on all, by batches of %i × %i', async (...sizes) => {
      const made = await step(classModule(options), classData(sizes[0]), sizes[1])
      await expectStep(made, expected, classes)
      expectClose(
        [made.metrics['train/acc']!, made.ofStep['train/acc']!],
        Array(2).fill(classes.right / 23),
        1e-12,
      )
    })

    it.each([1, 7, 128])(
      'has the loss of all in validation and test, by batches of %i',
      async (size) => {
        const trainer = new Trainer({ rootDir: false })
        const module = classModule(options)
        const validated = await trainer.validate(module, classData(size))
        const tested = await trainer.test(module, classData(size))
        expectClose([validated.metrics['validation/loss']!], [loss])
        expectClose([tested.metrics['test/loss']!], [loss])
        expectClose([tested.metrics['test/acc']!], [classes.right / 23], 1e-12)
      },
    )
  })

  describe.each(lines.cases)('LineRecognizer with $options', (expected) => {
    const { options, loss } = expected

    it.each([
      [7, 1],
      [3, 3],
      [2, 10],
      [1, 7],
    ] as const)('steps as PyTorch does on all, by batches of %i × %i', async (...sizes) => {
      const made = await step(lineModule(options), lineData(sizes[0], options), sizes[1])
      await expectStep(made, expected, lines)
    })

    it.each([1, 2, 128])(
      'has the loss of all in validation and test, by batches of %i',
      async (size) => {
        const trainer = new Trainer({ rootDir: false })
        const module = lineModule(options)
        const validated = await trainer.validate(module, lineData(size, options))
        const tested = await trainer.test(module, lineData(size, options))
        const whole = await trainer.test(module, lineData(7, options))
        expectClose([validated.metrics['validation/loss']!], [loss])
        expectClose([tested.metrics['test/loss']!], [loss])
        for (const name of ['test/acc', 'test/cer']) {
          expectClose([tested.metrics[name]!], [whole.metrics[name]!], 1e-9)
        }
      },
    )
  })
})

/** Says what its batches came to: a loss and a divisor for each. */
class Told extends LitModule {
  constructor(
    readonly told: readonly (readonly [loss: number, divisor: number])[],
    readonly model = toyModel(5, 0),
  ) {
    super({ model })
  }

  trainingStep({ x, index }: TensorBatch, context: StepContext): StepLoss {
    const [loss, divisor] = this.told[index]!
    return { loss: tf.mul(tf.mean(this.forward(x, context)), loss), divisor }
  }

  override validationStep({ index }: TensorBatch): StepLoss {
    const [loss, divisor] = this.told[index]!
    return { loss: tf.scalar(loss), divisor }
  }

  configureOptimizers() {
    return new Adam({ lr: 0.1 })
  }
}

describe('a divisor', () => {
  beforeAll(async () => {
    await useBackend('cpu')
  })

  it('weighs the losses of a pass, those of a module of your own too', async () => {
    const told = [
      [1, 3],
      [5, 0.5],
      [-2, 1.5],
    ] as const
    const { metrics } = await new Trainer({ rootDir: false }).validate(new Told(told), toyData())
    expect(metrics['validation/loss']).toBeCloseTo((3 + 2.5 - 3) / 5, 14)
  })

  it.each([NaN, -1, Infinity])('is never %d', async (divisor) => {
    const trainer = new Trainer({ rootDir: false })
    const module = new Told(Array(3).fill([1, divisor]))
    await expect(trainer.validate(module, toyData())).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(
        `validationStep: expected a divisor of at least 0, received ${divisor}.`,
      ) as string,
    })
  })

  it('of 0 leaves a batch out: no NaN, no update, and a step that is counted', async () => {
    const module = new Told(Array(6).fill([NaN, 0]))
    const before = weightsOf(module.model)
    const losses: unknown[] = []
    const updates: string[] = []
    const watch: Callback = {
      onBeforeOptimizerStep: () => void updates.push('before'),
      onAfterOptimizerStep: () => void updates.push('after'),
      onTrainBatchEnd: (_context, { metrics }) => void losses.push(metrics['train/loss']),
    }
    const reporter = new RecordingReporter()
    const trainer = new Trainer({
      rootDir: false,
      callbacks: [watch],
      limitValBatches: 0,
      gradientClip: { norm: 1 },
      reporter,
    })
    const { metrics, steps } = await trainer.fit(module, toyData())
    expect(steps).toBe(6)
    expect(losses).toEqual([0, 0, 0, 0, 0, 0])
    expect(updates).toEqual([])
    expect(weightsOf(module.model)).toEqual(before)
    expect(metrics).toEqual({})
    expect(reporter.warnings).toEqual([
      expect.stringContaining('train/loss: no mean, since nothing in the pass counted'),
    ])
    const validated = await new Trainer({ rootDir: false, reporter }).validate(module, toyData())
    expect(validated.metrics).toEqual({})
    expect(reporter.warnings.at(-1)).toContain('validation/loss: no mean')
  })

  it('of 0 leaves a batch out of its group, and a group out of the optimizer', async () => {
    const group = [
      [2, 3],
      [NaN, 0],
      [-1, 2],
    ] as const
    const fit = async (told: Told['told'], accumulateGradBatches: number) => {
      const module = new Told(told)
      const trainer = new Trainer({ rootDir: false, limitValBatches: 0, accumulateGradBatches })
      const { metrics } = await trainer.fit(module, {
        trainDataLoader: () =>
          toyData({ samples: told.length, batchSize: 1 }).trainDataLoader().unshuffled(),
      })
      return { metrics, weights: weightsOf(module.model) }
    }
    const empty = [
      [NaN, 0],
      [NaN, 0],
      [NaN, 0],
    ] as const
    // Of all epochs, the groups without a divisor change nothing: neither weights nor Adam's moments.
    expect(await fit([...group, ...empty], 3)).toEqual(await fit(group, 3))
  })

  it('of batches without weight is 0 in a Classifier, whose other batches train as if alone', async () => {
    const fit = async (samples: number[], batchSize: number) => {
      const x = samples.flatMap((i) => classes.x.slice(6 * i, 6 * i + 6))
      const y = Int32Array.from(samples, (i) => classes.labels[i]!)
      const dataset = new ArrayDataset({ x: Float32Array.from(x), xShape: [6], y })
      const module = classModule({ optimizer: 'Adam', classWeights: [1, 0, 2, 0], loss: 'nll' })
      const trainer = new Trainer({ rootDir: false, limitValBatches: 0 })
      const { metrics } = await trainer.fit(module, inBatches(dataset, batchSize))
      return { loss: metrics['train/loss'], weights: weightsOf(module.model) }
    }
    const of = (...labels: number[]) =>
      classes.labels.flatMap((label, i) => (labels.includes(label) ? [i] : [])).slice(0, 8)
    const counting = of(0, 2)
    const weightless = of(1, 3)
    const fitted = await fit([...weightless.slice(0, 4), ...counting, ...weightless.slice(4)], 4)
    expect(fitted).toEqual(await fit(counting, 4))
    expect(fitted.loss).not.toBe(0)
    expect((await fit(weightless, 4)).loss).toBeUndefined()
  })

  it('is in checkpoints: a run that was stopped inside a group gives the same bits', async () => {
    const parts = { learning: { lr: 0.01, classWeights: [1, 0, 4] } }
    const whole = await fitWithStops([], undefined, parts)
    for (const stop of [2, 3, 11])
      expect(await fitWithStops([stop], undefined, parts)).toEqual(whole)
  })

  it('reaches minimize and the report of a manual step', async () => {
    class Manual extends Told {
      override step(batch: TensorBatch, context: ManualStepContext): StepLoss {
        const [loss, divisor] = this.told[batch.index]!
        const mean = context.minimize('optimizer', () => this.trainingStep(batch, context))
        return { loss: tf.mul(mean, loss > 0 ? 1 : NaN), divisor }
      }
    }
    const fit = async (told: Told['told']) => {
      const module = new Manual(told)
      const trainer = new Trainer({ rootDir: false, limitValBatches: 0 })
      const { metrics } = await trainer.fit(module, {
        trainDataLoader: () =>
          toyData({ samples: told.length, batchSize: 1 }).trainDataLoader().unshuffled(),
      })
      return { metrics, weights: weightsOf(module.model) }
    }
    const two = await fit([
      [1, 1],
      [2, 3],
    ])
    expect(
      await fit([
        [1, 1],
        [2, 3],
        [-1, 0],
      ]),
    ).toEqual(two)
    expect(
      await fit([
        [1, 1],
        [2, 1],
      ]),
    ).toMatchObject({ weights: two.weights })
    expect(
      (
        await fit([
          [1, 1],
          [2, 1],
        ])
      ).metrics,
    ).not.toEqual(two.metrics)
  })
})
