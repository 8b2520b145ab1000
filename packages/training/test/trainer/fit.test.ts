import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  Adam,
  Classifier,
  LitModule,
  SGD,
  Trainer,
  type Callback,
  type DividedLoss,
  type StepContext,
  type TensorBatch,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

describe('Trainer.fit', () => {
  it('learns, and says how it went', async () => {
    const rootDir = temporaryFolder()
    const trainer = new Trainer({ maxEpochs: 30, rootDir, name: 'toy' })
    const result = await trainer.fit(new Classifier(toyModel(), { lr: 0.01 }), toyData())
    expect(result).toMatchObject({
      status: 'completed',
      stopReason: null,
      epochs: 30,
      steps: 180,
      runDir: join(rootDir, 'toy', 'version_0'),
    })
    expect(Object.keys(result.metrics)).toEqual([
      'train/loss',
      'train/acc',
      'validation/loss',
      'validation/acc',
    ])
    expect(result.metrics['validation/acc']).toBeGreaterThan(0.9)
    expect(result.samplesPerSecond).toBeGreaterThan(0)
    expect(existsSync(join(result.bestCheckpoint!, 'checkpoint.json'))).toBe(true)
    expect(existsSync(join(result.lastCheckpoint!, 'checkpoint.json'))).toBe(true)
    expect(result.bestScore).toBeLessThanOrEqual(result.metrics['validation/loss']!)
  })

  it('tells hooks that there is one epoch where no length is given, and none where steps end it', async () => {
    const seen: (number | undefined)[] = []
    const callbacks: Callback[] = [{ onFitStart: ({ maxEpochs }) => void seen.push(maxEpochs) }]
    for (const length of [{}, { maxSteps: 1 }, { maxEpochs: 2 }]) {
      const trainer = new Trainer({ ...length, limitTrainBatches: 1, rootDir: false, callbacks })
      await trainer.fit(new Classifier(toyModel()), toyData())
    }
    expect(seen).toEqual([1, undefined, 2])
  })

  it('says which share of training waited for data', async () => {
    const data = toyData()
    const delayMs = 25
    const loader = data.trainDataLoader()
    const slow = {
      length: loader.length,
      async *batches(epoch: number) {
        for await (const batch of loader.batches(epoch)) {
          await new Promise((resolve) => setTimeout(resolve, delayMs))
          yield batch
        }
      },
    }
    const rootDir = temporaryFolder()
    const result = await new Trainer({ rootDir }).fit(new Classifier(toyModel()), {
      ...data,
      trainDataLoader: () => slow,
    })
    const trained = 110 / result.samplesPerSecond
    const waited = result.waitedForData * trained
    // A timer may fire up to a millisecond early.
    expect(waited).toBeGreaterThan((6 * (delayMs - 1)) / 1000)
    expect(waited).toBeLessThan(trained)
    const [header, row] = readFileSync(join(result.runDir!, 'time.csv'), 'utf8').split('\n')
    expect(header).toBe('epoch,step,kind,seconds,samplesPerSecond,waitedForData')
    expect(Number(row!.split(',')[5])).toBeCloseTo(result.waitedForData, 3)
  })

  it('numbers the versions of a run', async () => {
    const rootDir = temporaryFolder()
    const options = { limitTrainBatches: 1, limitValBatches: 1, rootDir }
    const runs = []
    for (let i = 0; i < 3; i++) {
      runs.push((await new Trainer(options).fit(new Classifier(toyModel()), toyData())).runDir)
    }
    expect(runs).toEqual([0, 1, 2].map((n) => join(rootDir, 'default', `version_${n}`)))
  })

  it.each(['a file', '/proc'])('ends where the run cannot have a folder: in %s', async (place) => {
    const file = join(temporaryFolder(), 'in-the-way')
    writeFileSync(file, '')
    const trainer = new Trainer({ rootDir: join(place === '/proc' ? place : file, 'a', 'b') })
    const fit = trainer.fit(new Classifier(toyModel()), toyData())
    await expect(fit).rejects.toThrow('Trainer: expected a folder that can be written, received /')
  })

  it('counts optimizer steps for maxSteps, and validates where they end', async () => {
    const trainer = new Trainer({ maxSteps: 8, rootDir: temporaryFolder() })
    const result = await trainer.fit(new Classifier(toyModel()), toyData())
    expect(result).toMatchObject({ steps: 8, epochs: 1, status: 'completed' })
    expect(result.metrics['validation/loss']).toBeGreaterThan(0)
    expect(result.bestCheckpoint).not.toBeNull()
  })

  it('ends after maxTimeMs with a reason', async () => {
    const trainer = new Trainer({ maxTimeMs: 60, rootDir: temporaryFolder() })
    const result = await trainer.fit(new Classifier(toyModel()), toyData())
    expect(result.status).toBe('stopped')
    expect(result.stopReason).toBe('maxTimeMs: 60 ms are over')
    expect(result.lastCheckpoint).not.toBeNull()
  })

  it('writes nothing with rootDir: false', async () => {
    const trainer = new Trainer({ maxEpochs: 1, rootDir: false })
    const result = await trainer.fit(new Classifier(toyModel()), toyData())
    expect(result).toMatchObject({ runDir: null, bestCheckpoint: null, lastCheckpoint: null })
  })

  it('averages by sample, not by batch', async () => {
    // 110 samples in batches of 20: the last has 10. The loss of each batch is its position.
    class Counting extends LitModule {
      trainingStep({ index }: TensorBatch, context: StepContext): tf.Scalar {
        const zero = tf.mul(tf.sum(this.forward(tf.zeros([1, 4, 3, 1]), context)), 0)
        return tf.add(zero, index)
      }
      configureOptimizers() {
        return new SGD({ lr: 0 })
      }
    }
    const trainer = new Trainer({ rootDir: false, limitValBatches: 0 })
    const { metrics } = await trainer.fit(new Counting({ model: toyModel() }), toyData())
    expect(metrics['train/loss']).toBeCloseTo((20 * (0 + 1 + 2 + 3 + 4) + 10 * 5) / 110, 12)
  })

  it('stops at a loss that is not finite and names the batch', async () => {
    class Diverging extends Classifier {
      override trainingStep(batch: TensorBatch, context: StepContext): DividedLoss {
        const { loss, divisor } = super.trainingStep(batch, context)
        return { loss: context.step === 8 ? tf.mul(loss, NaN) : loss, divisor }
      }
    }
    const seen: unknown[] = []
    const callback: Callback = {
      onException: (_, error) => void seen.push(error),
      onTeardown: () => void seen.push('teardown'),
    }
    const trainer = new Trainer({ maxEpochs: 3, rootDir: false, callbacks: [callback] })
    const fitted = trainer.fit(new Diverging(toyModel()), toyData())
    await expect(fitted).rejects.toMatchObject({
      code: 'NON_FINITE_LOSS',
      message: expect.stringContaining('received NaN in epoch 1, batch 2 (step 8)') as string,
    })
    expect(seen).toEqual([expect.objectContaining({ code: 'NON_FINITE_LOSS' }), 'teardown'])
  })

  it('ends with the first of several metrics that fail, and frees all of them', async () => {
    class Failing extends Classifier {
      override trainingStep(batch: TensorBatch, context: StepContext): DividedLoss {
        for (const name of ['train/one', 'train/two']) {
          const read = (): number => {
            throw new Error(`no ${name}`)
          }
          this.log(name, { tensor: tf.scalar(1), read })
        }
        return super.trainingStep(batch, context)
      }
    }
    const module = new Failing(toyModel())
    const before = tf.memory().numTensors
    const fitted = new Trainer({ rootDir: false }).fit(module, toyData())
    // The second would be an unhandled rejection, which ends the process.
    await expect(fitted).rejects.toThrow('no train/one')
    expect(tf.memory().numTensors).toBe(before)
  })

  it('keeps the number of tensors flat', async () => {
    const model = toyModel()
    const counts: number[] = []
    const count: Callback = { onTrainBatchEnd: () => void counts.push(tf.memory().numTensors) }
    const before = tf.memory().numTensors
    const trainer = new Trainer({
      maxEpochs: 5,
      rootDir: temporaryFolder(),
      callbacks: [count],
      detectLeaks: true,
    })
    await trainer.fit(new Classifier(model), toyData())
    expect(new Set(counts.slice(1)).size).toBe(1)
    await trainer.test({ checkpoint: 'best' })
    await trainer.validate()
    await trainer.predict(new Classifier(model), toyData())
    expect(tf.memory().numTensors).toBe(before)
  })

  it('says which step leaves tensors behind, when asked to look', async () => {
    class Leaking extends Classifier {
      override trainingStep(batch: TensorBatch, context: StepContext): DividedLoss {
        tf.keep(tf.scalar(1))
        return super.trainingStep(batch, context)
      }
    }
    const trainer = new Trainer({ rootDir: false, detectLeaks: true })
    await expect(trainer.fit(new Leaking(toyModel()), toyData())).rejects.toThrow(
      'expected batch 1 of epoch 0 to leave no tensors behind, received 1',
    )
  })

  it('limits batches of each pass', async () => {
    const seen = { train: 0, validation: 0, test: 0 }
    const callback: Callback = {
      onTrainBatchEnd: () => void seen.train++,
      onValidationBatchEnd: () => void seen.validation++,
      onTestBatchEnd: () => void seen.test++,
    }
    const trainer = new Trainer({
      limitTrainBatches: 0.5,
      limitValBatches: 2,
      limitTestBatches: { fraction: 1 },
      rootDir: false,
      callbacks: [callback],
    })
    await trainer.fit(new Classifier(toyModel()), toyData())
    await trainer.test()
    expect(seen).toEqual({ train: 3, validation: 2, test: 3 })
  })

  it('overfits the same first batches in file order, and evaluates on them', async () => {
    const seen: number[][] = []
    class Watching extends Classifier {
      override trainingStep(batch: TensorBatch, context: StepContext): DividedLoss {
        seen.push(Array.from(batch.source.y))
        return super.trainingStep(batch, context)
      }
    }
    const data = toyData()
    const trainer = new Trainer({ maxEpochs: 60, overfitBatches: 2, rootDir: false })
    const module = new Watching(toyModel(5, 0), { lr: 0.02 })
    const { metrics } = await trainer.fit(module, data)
    const first = Array.from({ length: 40 }, (_, i) => i % 3)
    for (let epoch = 0; epoch < 60; epoch++) {
      expect(seen.slice(2 * epoch, 2 * epoch + 2).flat()).toEqual(first)
    }
    expect(metrics['train/loss']).toBeLessThan(0.01)
    expect(metrics['validation/loss']).toBeLessThan(0.01)
    const test = await trainer.test()
    expect(test.samples).toBe(40)
  })

  it('evaluates on the own data under overfitBatches when asked to', async () => {
    const trainer = new Trainer({ overfitBatches: 1, overfitEvaluation: 'own', rootDir: false })
    await trainer.fit(new Classifier(toyModel()), toyData())
    expect((await trainer.test()).samples).toBe(50)
  })

  it('runs through everything once with fastDevRun, and writes nothing', async () => {
    const rootDir = temporaryFolder()
    const hooks: string[] = []
    const callback: Callback = {
      onTrainBatchEnd: () => void hooks.push('train'),
      onValidationBatchEnd: () => void hooks.push('validation'),
      onTestBatchEnd: () => void hooks.push('test'),
    }
    const trainer = new Trainer({ maxEpochs: 9, fastDevRun: 2, rootDir, callbacks: [callback] })
    const result = await trainer.fit(new Classifier(toyModel()), toyData())
    await trainer.test()
    expect(hooks).toEqual(['train', 'train', 'validation', 'validation', 'test', 'test'])
    expect(result.runDir).toBeNull()
    expect(readdirSync(rootDir)).toEqual([])
  })

  it('tries validation before training', async () => {
    class Broken extends Classifier {
      override validationStep(): never {
        throw new Error('no such label')
      }
    }
    let trained = 0
    const callback: Callback = { onTrainBatchEnd: () => void trained++ }
    const options = { rootDir: false, callbacks: [callback] } as const
    const module = new Broken(toyModel())
    await expect(new Trainer(options).fit(module, toyData())).rejects.toThrow('no such label')
    expect(trained).toBe(0)
    const late = new Trainer({ ...options, numSanityValSteps: 0 })
    await expect(late.fit(module, toyData())).rejects.toThrow('no such label')
    expect(trained).toBe(6)
  })

  it('validates by the intervals asked for', async () => {
    const at: string[] = []
    const callback: Callback = {
      onValidationEnd: ({ epoch, step }) => void at.push(`${epoch}:${step}`),
    }
    const often = {
      maxEpochs: 2,
      valCheckInterval: 2,
      rootDir: false,
      callbacks: [callback],
    } as const
    await new Trainer(often).fit(new Classifier(toyModel()), toyData())
    expect(at.splice(0)).toEqual(['0:2', '0:4', '0:6', '1:8', '1:10', '1:12'])
    const seldom = {
      maxEpochs: 4,
      checkValEveryNEpochs: 2,
      rootDir: false,
      callbacks: [callback],
    } as const
    await new Trainer(seldom).fit(new Classifier(toyModel()), toyData())
    expect(at).toEqual(['1:12', '3:24'])
  })

  it('validates on several loaders by name', async () => {
    const data = {
      ...toyData(),
      valDataLoader: () => ({
        main: toyData().valDataLoader(),
        other: toyData({ seed: 2 }).valDataLoader(),
      }),
    }
    const { metrics } = await new Trainer({ rootDir: false }).fit(new Classifier(toyModel()), data)
    expect(Object.keys(metrics)).toContain('validation/loss')
    expect(Object.keys(metrics)).toContain('validation/other/acc')
  })

  it('records what it was asked to do', async () => {
    const trainer = new Trainer({ rootDir: temporaryFolder(), hparams: { note: 'first' }, seed: 7 })
    const { runDir } = await trainer.fit(new Classifier(toyModel(), { lr: 0.5 }), toyData())
    const hparams = JSON.parse(readFileSync(join(runDir!, 'hparams.json'), 'utf8')) as object
    expect(hparams).toMatchObject({
      format: 'ductus-hparams',
      version: 2,
      seed: 7,
      hparams: { note: 'first' },
      module: { name: 'Classifier', optimizer: 'Adam', lr: 0.5 },
      models: { model: { name: 'MLP', options: { fc1: 16, fc2: 8 }, seed: 5 } },
      data: { name: 'Toy', mapping: ['left', 'middle', 'right'] },
    })
  })

  it('fits again with other settings, from where the weights are', async () => {
    const module = new Classifier(toyModel(5, 0), { optimizer: 'SGD', lr: 0.1 })
    const trainer = new Trainer({ maxEpochs: 3, rootDir: false })
    const first = await trainer.fit(module, toyData())
    const again = new Classifier(module.model, { optimizer: 'SGD', lr: 0.01 })
    const second = await trainer.fit(again, toyData())
    expect(second.metrics['train/loss']).toBeLessThan(first.metrics['train/loss']!)
    expect(second.epochs).toBe(3)
  })

  it('refuses two runs at once', async () => {
    const trainer = new Trainer({ rootDir: false })
    const running = trainer.fit(new Classifier(toyModel()), toyData())
    await expect(trainer.fit(new Classifier(toyModel()), toyData())).rejects.toThrow(
      'one run at a time',
    )
    await running
  })

  it('leaves out what a frozen layer holds', async () => {
    const model = toyModel(5, 0)
    const layer = model.layers.find((each) => each.trainableWeights.length > 0)!
    layer.trainable = false
    const before = layer.getWeights().map((weight) => Array.from(weight.dataSync()))
    const others = model.trainableWeights.map((weight) => Array.from(weight.read().dataSync()))
    await new Trainer({ rootDir: false }).fit(new Classifier(model), toyData())
    expect(layer.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(before)
    expect(
      model.trainableWeights.map((weight) => Array.from(weight.read().dataSync())),
    ).not.toEqual(others)
  })

  it('takes a module of the user, with two models and an optimizer for each', async () => {
    class Pair extends LitModule {
      trainingStep({ x, y }: TensorBatch, context: StepContext): tf.Scalar {
        const { first, second } = this.models
        const sum = tf.add(this.forward(x, context, first), this.forward(x, context, second))
        const oneHot = tf.oneHot(tf.cast(y, 'int32'), 3)
        return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(oneHot, sum)
      }
      configureOptimizers() {
        return {
          first: { optimizer: new Adam({ lr: 0.01 }), models: ['first'] },
          second: { optimizer: new SGD({ lr: 0.1 }), models: ['second'] },
        }
      }
    }
    const module = new Pair({ first: toyModel(1, 0), second: toyModel(2, 0) })
    const trainer = new Trainer({ maxEpochs: 10, rootDir: temporaryFolder(), limitValBatches: 0 })
    const result = await trainer.fit(module, toyData())
    expect(result.metrics['train/loss']).toBeLessThan(0.8)
    expect(readdirSync(result.bestCheckpoint!).sort()).toEqual([
      'checkpoint.json',
      'first',
      'optimizer.bin',
      'second',
    ])
  })

  it('reports through its reporter alone', async () => {
    const reporter = new RecordingReporter()
    const trainer = new Trainer({ rootDir: temporaryFolder(), reporter })
    await trainer.fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
    expect(reporter.infos).toEqual(['No checkpoint of "default" to resume: starting a new run.'])
  })
})
