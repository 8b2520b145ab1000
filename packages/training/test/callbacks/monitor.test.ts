import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataLoader, ArrayDataset } from '@ductus/data'
import { useBackend } from '@ductus/backend'
import {
  ActivationStats,
  Classifier,
  EarlyStopping,
  GradientNormMonitor,
  LearningRateMonitor,
  LineRecognizer,
  LitModule,
  ModelCheckpoint,
  Monitor,
  ReduceOnPlateau,
  SGD,
  ThroughputMonitor,
  Trainer,
  type Callback,
  type LogOptions,
  type MetricMode,
  type MonitorOptions,
  type StepContext,
  type TensorBatch,
  type TrainerContext,
  type TrainerOptions,
  type TrainingData,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyCtcModel, toyLines } from '../support/toy-lines.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

/** What watches a metric, by name. */
const watchers = {
  EarlyStopping: (options: MonitorOptions) => new EarlyStopping(options as object),
  ReduceOnPlateau: (options: MonitorOptions) => new ReduceOnPlateau(options as object),
  ModelCheckpoint: (options: MonitorOptions) => new ModelCheckpoint(options as object),
} satisfies Record<string, (options: MonitorOptions) => Callback>
const names = Object.keys(watchers) as (keyof typeof watchers)[]

/** A module that declares nothing, and logs the scripted value of each epoch under any name. */
class Own extends LitModule {
  constructor(
    readonly logged: string,
    readonly values: readonly number[],
    readonly options: LogOptions = {},
    readonly model = toyModel(),
  ) {
    super({ model })
  }

  trainingStep({ x }: TensorBatch, context: StepContext): tf.Scalar {
    if (!this.logged.startsWith('validation/')) this.#log(context)
    return tf.mean(this.forward(x, context))
  }

  override validationStep({ x }: TensorBatch, context: StepContext): tf.Scalar | void {
    if (this.logged.startsWith('validation/')) this.#log(context)
    return tf.mean(this.forward(x, context))
  }

  configureOptimizers() {
    return new SGD({ lr: 0.01 })
  }

  #log({ epoch }: StepContext): void {
    this.log(this.logged, this.values[epoch]!, this.options)
  }
}

/** Fits; gives the result, or the error with the number of training batches before it. */
async function fit(
  module: LitModule,
  callbacks: Callback[],
  options: TrainerOptions = {},
  data: TrainingData = toyData(),
) {
  let batches = 0
  const rates: number[] = []
  const count: Callback = {
    onTrainBatchEnd: () => void batches++,
    onEpochEnd: ({ optimizers }) => void rates.push(optimizers.optimizer!.learningRate),
  }
  const trainer = new Trainer({
    maxEpochs: 4,
    rootDir: false,
    ...options,
    callbacks: [...callbacks, count],
  })
  try {
    return { ...(await trainer.fit(module, data)), batches, rates }
  } catch (error) {
    const { message, code } = error as Error & { code: string }
    return { message, code, batches, rates }
  }
}

const classifier = (): Classifier => new Classifier(toyModel(), { optimizer: 'SGD', lr: 0.01 })
const allOfClassifier = 'train/loss, train/acc, validation/loss, validation/acc'

describe('a metric that never comes', () => {
  it.each(
    names.flatMap((name) =>
      ['nonsense', 'validation/los', 'train/los'].map((monitor) => [name, monitor] as const),
    ),
  )('is refused before the first batch of a Classifier: %s, %s', async (name, monitor) => {
    for (const numSanityValSteps of [0, 2]) {
      const callbacks = [watchers[name]({ monitor })]
      const refused = await fit(classifier(), callbacks, { numSanityValSteps })
      expect(refused).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 0 })
      const wrong = `${name}: expected monitor to be one of ${allOfClassifier}, received "${monitor}". `
      expect(refused.message).toContain(wrong)
      expect(refused.message).toContain(
        monitor === 'nonsense' ? 'name it in declaredMetrics()' : `Did you mean ${monitor}s?`,
      )
    }
  })

  it.each(['nonsense', 'validation/ce', 'train/cre'])(
    'is refused before the first batch of a LineRecognizer: %s',
    async (monitor) => {
      const lines = toyLines()
      const module = new LineRecognizer(toyCtcModel(), { loss: 'ctc' })
      const callbacks = [new EarlyStopping({ monitor })]
      const refused = await fit(module, callbacks, { numSanityValSteps: 0 }, lines)
      expect(refused).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 0 })
      expect(refused.message).toContain(
        'one of train/loss, train/cer, train/acc, validation/loss, validation/cer, validation/acc, received',
      )
    },
  )

  it.each<[string, TrainerOptions, TrainingData]>([
    ['the limit is 0', { limitValBatches: 0 }, toyData()],
    ['there is no loader', {}, { trainDataLoader: toyData().trainDataLoader }],
    ['the loader has no samples', {}, { ...toyData(), valDataLoader: () => noSamples() }],
    ['no validation is due', { checkValEveryNEpochs: 5 }, toyData()],
  ])('is one of validation where %s', async (_, options, data) => {
    for (const name of names) {
      const callbacks = [watchers[name]({ monitor: 'validation/loss' })]
      const refused = await fit(classifier(), callbacks, options, data)
      expect(refused).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 0 })
      expect(refused.message).toContain(
        `${name}: expected monitor to be one of train/loss, train/acc, received "validation/loss". ` +
          'This fit validates nothing: watch one of these, or let it validate.',
      )
    }
  })

  it('is one of the test', async () => {
    const refused = await fit(classifier(), [new EarlyStopping({ monitor: 'test/acc' })])
    expect(refused).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 0 })
    expect(refused.message).toContain('A test comes after the fit')
  })

  it('is refused after the first batch where the module declares nothing', async () => {
    const module = (): Own => new Own('train/score', [1, 2, 3, 4])
    const of = (monitor: string, options: TrainerOptions = {}) =>
      fit(module(), [new EarlyStopping({ monitor, mode: 'max' })], options)
    const train = await of('train/scor')
    expect(train).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 1 })
    expect(train.message).toContain('Did you mean train/score?')
    // The validation before training names what it logs.
    expect(await of('validation/los')).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 0 })
    // Without it, the first batch of the first validation does: an epoch has six batches.
    const late = await of('validation/los', { numSanityValSteps: 0 })
    expect(late).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 6 })
    expect(late.message).toContain('one of train/loss, train/score, validation/loss, received')
    expect(await of('nonsense')).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 1 })
  })

  it('is let be without strict', async () => {
    const callback = new EarlyStopping({ monitor: 'nonsense', strict: false, mode: 'min' })
    expect(await fit(classifier(), [callback])).toMatchObject({ status: 'completed', epochs: 4 })
  })

  it('is refused for a callback of one’s own too', async () => {
    const own: Callback = { name: 'Own', monitor: 'validation/los' }
    const refused = await fit(classifier(), [own], { numSanityValSteps: 0 })
    expect(refused).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 0 })
    expect(refused.message).toContain(`Own: expected monitor to be one of ${allOfClassifier}`)
  })

  it('is none where a subclass declares what it logs', async () => {
    class More extends Classifier {
      override trainingStep(batch: TensorBatch, context: StepContext) {
        this.log('train/extra', context.epoch)
        return super.trainingStep(batch, context)
      }
      override declaredMetrics() {
        return { ...super.declaredMetrics(), 'train/extra': 'max' as const }
      }
    }
    const stopping = new EarlyStopping({ monitor: 'train/extra', stoppingThreshold: 1.5 })
    expect(await fit(new More(toyModel()), [stopping])).toMatchObject({
      status: 'stopped',
      epochs: 3,
    })
  })
})

/** A loader of nothing. */
function noSamples(): DataLoader {
  const none = new ArrayDataset({ x: new Float32Array(0), xShape: [4, 3, 1], y: new Int32Array(0) })
  return new DataLoader(none, { batchSize: 4, shuffle: false, seed: 0 })
}

describe('without a name', () => {
  /** A loss that does not move, so that each callback acts at once. */
  const still = (): Classifier => new Classifier(toyModel(5, 0), { optimizer: 'SGD', lr: 0 })

  it('EarlyStopping goes by train/loss where nothing is validated', async () => {
    const stopping = new EarlyStopping({ patience: 1, minDelta: 1e-3 })
    const result = await fit(still(), [stopping], { limitValBatches: 0, maxEpochs: 6 })
    expect(result).toMatchObject({ status: 'stopped', epochs: 2 })
    expect('stopReason' in result && result.stopReason).toMatch(
      /^EarlyStopping: train\/loss did not improve on /,
    )
    expect(stopping.monitor).toBe('train/loss')
  })

  it('ReduceOnPlateau goes by train/loss where nothing is validated', async () => {
    const plateau = new ReduceOnPlateau({ patience: 0, threshold: 1 })
    const result = await fit(classifier(), [plateau], { limitValBatches: 0, maxEpochs: 3 })
    // The rate of each epoch's end: the first value is the best, the next two lower it.
    expect(result.rates).toEqual([0.01, 0.001, expect.closeTo(0.0001, 12)])
  })

  it('all go by validation/loss where there is one, and wait for it', async () => {
    const stopping = new EarlyStopping({ patience: 1, minDelta: 1e-3 })
    const options = { checkValEveryNEpochs: 3, maxEpochs: 9 }
    const result = await fit(still(), [stopping], options)
    expect(result).toMatchObject({ status: 'stopped', epochs: 6 })
    expect(stopping.monitor).toBe('validation/loss')
  })

  it('all go by train/loss where the validation gives no loss', async () => {
    class NoLoss extends Own {
      override validationStep(): void {
        this.log('validation/score', 1)
      }
    }
    const stopping = new EarlyStopping({ stoppingThreshold: 1e9 })
    const checkpoint = new ModelCheckpoint()
    const module = new NoLoss('train/score', [1, 1, 1, 1])
    const result = await fit(module, [stopping, checkpoint])
    expect(result).toMatchObject({ status: 'stopped', epochs: 1 })
    expect([stopping.monitor, checkpoint.monitor]).toEqual(['train/loss', 'train/loss'])
  })
})

describe('a metric of training', () => {
  it('lowers the rate on a plateau', async () => {
    const plateau = new ReduceOnPlateau({ monitor: 'train/loss', patience: 0, threshold: 1 })
    const result = await fit(classifier(), [plateau], { maxEpochs: 3 })
    expect(result.rates).toEqual([0.01, 0.001, expect.closeTo(0.0001, 12)])
  })

  it('may come in some batches alone, where it is declared', async () => {
    class Sometimes extends Own {
      override trainingStep({ x }: TensorBatch, context: StepContext): tf.Scalar {
        if (context.step === 8) this.log('train/score', 5)
        return tf.mean(this.forward(x, context))
      }
      override declaredMetrics = () => ({ 'train/score': 'max' as const })
    }
    const stopping = new EarlyStopping({ monitor: 'train/score', stoppingThreshold: 4 })
    const result = await fit(new Sometimes('', []), [stopping])
    expect(result).toMatchObject({ status: 'stopped', epochs: 2 })
  })
})

describe('the direction of a metric', () => {
  const best = async (module: LitModule, monitor: string, mode?: MetricMode) => {
    const checkpoint = new ModelCheckpoint({ monitor, ...(mode && { mode }), saveTopK: 1 })
    const result = await fit(module, [checkpoint])
    if (!('bestCheckpoint' in result)) return { ...result, score: NaN }
    return { score: checkpoint.best!.score }
  }
  const values = [0.2, 0.8, 0.5, 0.4]

  it.each([
    ['validation/iou', 0.8],
    ['validation/bleu', 0.8],
    ['validation/f1', 0.8],
    ['validation/accel_loss', 0.2],
    ['train/cer', 0.2],
  ])('is read off whole words: %s', async (name, expected) => {
    expect((await best(new Own(name, values), name)).score).toBeCloseTo(expected, 6)
  })

  it('is declared where it is logged, with or without a weight', async () => {
    for (const options of [{ mode: 'max' }, { mode: 'max', weight: 3 }] as const) {
      for (const name of ['train/score', 'validation/score', 'validation/loss_of_nothing']) {
        const { score } = await best(new Own(name, values, options), name)
        expect(score).toBeCloseTo(0.8, 6)
      }
    }
  })

  it('is what the option says before all else', async () => {
    const module = new Own('validation/score', values, { mode: 'max' })
    expect((await best(module, 'validation/score', 'min')).score).toBeCloseTo(0.2, 6)
  })

  it('is asked for where nothing says it', async () => {
    for (const [name, batches] of [
      ['validation/score', 0],
      ['validation/acc_loss', 0],
      ['train/score', 1],
    ] as const) {
      const refused = await best(new Own(name, values), name)
      expect(refused).toMatchObject({ code: 'INVALID_OPTION', batches })
      expect('message' in refused && refused.message).toContain(
        `ModelCheckpoint: expected mode 'min' or 'max' for "${name}", whose name does not say which is better, received none.`,
      )
    }
  })

  it('must be one of two, and the metric a name', () => {
    expect(() => new Monitor('Own', { mode: 'up' as 'max' })).toThrow(
      `Own: expected mode to be 'min' or 'max', received "up".`,
    )
    expect(() => new EarlyStopping({ monitor: '' })).toThrow(
      'EarlyStopping: expected monitor to be the name of a metric, received "".',
    )
  })

  it('is kept by a checkpoint, with what the metric came to', async () => {
    const whole = await resumed([])
    // In training, inside the first validation (batches 7 to 9 of it), and between epochs.
    for (const stop of [3, 8, 9, 12]) expect(await resumed([stop])).toEqual(whole)
  })
})

/** Watches a metric that only its log gives a direction, with stops; gives what came of it. */
async function resumed(stops: number[]) {
  const rootDir = temporaryFolder()
  const left = [...stops]
  let seen = 0
  for (;;) {
    const count = (): void => {
      if (++seen === left[0]) {
        left.shift()
        trainer.interrupt()
      }
    }
    const stopping = new EarlyStopping({ monitor: 'validation/score', patience: 2 })
    const plateau = new ReduceOnPlateau({ monitor: 'grad/norm', patience: 0, threshold: 1 })
    const trainer: Trainer = new Trainer({
      maxEpochs: 4,
      rootDir,
      logEveryNSteps: 5,
      callbacks: [
        stopping,
        plateau,
        new GradientNormMonitor({ everyNSteps: 4 }),
        { onTrainBatchEnd: count, onValidationBatchEnd: count },
      ],
    })
    const module = new Own('validation/score', [0.1, 0.4, 0.3, 0.2], { mode: 'max' })
    const result = await trainer.fit(module, toyData(), { resume: 'last' })
    if (result.status === 'interrupted') continue
    const rows = readFileSync(join(result.runDir!, 'metrics.csv'), 'utf8')
    return { metrics: result.metrics, reason: result.stopReason, best: stopping.best, rows }
  }
}

describe('what callbacks log', () => {
  it.each<[string, Callback, MetricMode | undefined]>([
    ['grad/norm', new GradientNormMonitor({ everyNSteps: 1 }), undefined],
    [
      'grad/norm/fc1/kernel',
      new GradientNormMonitor({ everyNSteps: 4, perWeight: true }),
      undefined,
    ],
    ['lr', new LearningRateMonitor(), 'min'],
    ['throughput/samplesPerSecond', new ThroughputMonitor({ everyNSteps: 4 }), undefined],
    ['activations/fc1/deadShare', new ActivationStats({ everyNSteps: 4 }), undefined],
    ['activations/fc1/mean', new ActivationStats({ everyNSteps: 50 }), 'min'],
  ])('can be watched: %s', async (monitor, logging, mode) => {
    // Before and after the callback that logs: the order does not matter at the end of an epoch.
    for (const after of [false, true]) {
      const threshold = { stoppingThreshold: monitor.startsWith('throughput') ? 0 : 1e12 }
      const stopping = new EarlyStopping({ monitor, ...(mode && { mode }), ...threshold })
      const callbacks = after ? [logging, stopping] : [stopping, logging]
      const result = await fit(classifier(), callbacks)
      expect(result).toMatchObject({ status: 'stopped', epochs: 1 })
      expect(Number.isFinite(stopping.best)).toBe(true)
    }
  })

  it('is refused where it is misspelt, and listed', async () => {
    const callbacks = [new EarlyStopping({ monitor: 'grad/nrm' }), new GradientNormMonitor()]
    const refused = await fit(classifier(), callbacks)
    expect(refused).toMatchObject({ code: 'UNKNOWN_METRIC', batches: 0 })
    expect(refused.message).toContain(
      `${allOfClassifier}, grad/norm, received "grad/nrm". Did you mean grad/norm?`,
    )
  })

  it('needs a direction where its name says none', async () => {
    const refused = await fit(classifier(), [
      new EarlyStopping({ monitor: 'lr' }),
      new LearningRateMonitor(),
    ])
    expect(refused).toMatchObject({ code: 'INVALID_OPTION', batches: 0 })
  })

  it('waits for what comes in few epochs alone', async () => {
    // Steps 10 and 20 of 24, in the second and the fourth epoch.
    const stopping = new EarlyStopping({ monitor: 'grad/norm', patience: 1, minDelta: 1e9 })
    const result = await fit(classifier(), [new GradientNormMonitor({ everyNSteps: 10 }), stopping])
    expect(result).toMatchObject({ status: 'stopped', epochs: 4 })
  })

  it('may be a metric of validation, once for each', async () => {
    const scores: Callback = {
      declaredMetrics: () => ({ 'validation/own': 'max' }),
      onValidationEnd: (context) => {
        context.log('validation/own', context.validations)
      },
    }
    const seen: number[] = []
    const watch = (name: string): Callback => {
      const monitor = new Monitor(name, { monitor: 'validation/own' })
      const read = (context: TrainerContext, moment: 'validation' | 'epoch'): void => {
        const value = monitor.read(context, moment)?.value
        if (value !== undefined) seen.push(value)
      }
      return {
        name,
        watched: monitor,
        onValidationEnd: (context) => {
          read(context, 'validation')
        },
        onEpochEnd: (context) => {
          read(context, 'epoch')
        },
      }
    }
    const options = { maxEpochs: 2, valCheckInterval: 3 }
    await fit(classifier(), [scores, watch('After')], options)
    expect(seen).toEqual([1, 2, 3, 4])
    seen.length = 0
    // Before the callback that logs, its value is there at the end of the epoch.
    await fit(classifier(), [watch('Before'), scores], options)
    expect(seen).toEqual([2, 4])
  })

  it('is in no row that loggers get where it is only to be watched', async () => {
    const callbacks = [
      new ThroughputMonitor({ everyNSteps: 2 }),
      new GradientNormMonitor({ everyNSteps: 2 }),
    ]
    const options = { maxEpochs: 1, rootDir: temporaryFolder() }
    const result = await fit(classifier(), callbacks, options)
    if (!('runDir' in result)) throw new Error('did not fit')
    const header = readFileSync(join(result.runDir!, 'metrics.csv'), 'utf8').split('\n')[0]
    expect(header).toContain('grad/norm')
    expect(header).not.toContain('throughput')
  })
})

it('another metric of a run that is resumed starts afresh', async () => {
  const rootDir = temporaryFolder()
  const infos: string[] = []
  const reporter = {
    info: (line: string) => void infos.push(line),
    warn: () => {},
    progress: () => {},
  }
  const run = async (maxEpochs: number, monitor: string) => {
    const stopping = new EarlyStopping({ monitor, patience: 9 })
    const checkpoint = new ModelCheckpoint({ monitor })
    const trainer = new Trainer({ maxEpochs, rootDir, reporter, callbacks: [stopping, checkpoint] })
    await trainer.fit(new Own('validation/acc', [9, 0.5, 0.6]), toyData(), { resume: 'last' })
    return { stopping: stopping.best, checkpoint: checkpoint.best }
  }
  expect((await run(1, 'validation/acc')).stopping).toBe(9)
  const { stopping, checkpoint } = await run(3, 'validation/loss')
  // Not the 9 of the accuracy, nor a score of it.
  expect(stopping).toBeLessThan(1)
  expect(checkpoint!.name).toContain('validation.loss=')
  expect(checkpoint!.score).toBe(stopping)
  expect(infos).toContain(
    'EarlyStopping: watches validation/loss from here on; what was best by validation/acc counts no more.',
  )
})
