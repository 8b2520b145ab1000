import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  Classifier,
  ConfusionMatrix,
  CSVLogger,
  EarlyStopping,
  JSONLLogger,
  ModelCheckpoint,
  Trainer,
  type Callback,
  type FitResult,
} from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { base, comparable, fitWithStops } from '../support/fit-with-stops.js'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

describe.each(['cpu', 'wasm'] as const)('resuming on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend)
  })

  it('gives the same bits after a stop at any batch, also in a group or a validation', async () => {
    const whole = await fitWithStops([])
    // Two epochs of 6 training batches in groups of 4, with validations of 3 batches.
    const batches = 24
    expect(whole.result.steps).toBe(4)
    const step = backend === 'cpu' ? 1 : 5
    for (let stop = 1; stop < batches; stop += step) {
      expect(await fitWithStops([stop])).toEqual(whole)
    }
  })

  it('gives the same bits after many stops', async () => {
    const every = Array.from({ length: 24 }, (_, i) => i + 1)
    expect(await fitWithStops(every)).toEqual(await fitWithStops([]))
  })
})

describe('resuming', () => {
  beforeAll(async () => {
    await useBackend('cpu')
  })

  it('closes the epoch whose last validation was interrupted and then ended the run', async () => {
    const options = { ...base, maxEpochs: 5 }
    const callbacks = (): Callback[] => [new EarlyStopping({ patience: 1, minDelta: 10 })]
    const whole = await fitWithStops([], options, { callbacks })
    expect(whole.result).toMatchObject({ status: 'stopped', epochs: 1 })
    // The second validation is of the batches 10 to 12.
    for (const stop of [9, 10, 11, 12]) {
      expect(await fitWithStops([stop], options, { callbacks })).toEqual(whole)
    }
  })

  it('retrains nothing of a finished run, and gives the same result', async () => {
    const rootDir = temporaryFolder()
    const fit = async (): Promise<[FitResult, number]> => {
      let batches = 0
      const count: Callback = { onTrainBatchEnd: () => void batches++ }
      const trainer = new Trainer({ maxEpochs: 2, rootDir, callbacks: [count] })
      const result = await trainer.fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
      return [comparable(result, ''), batches]
    }
    const [first, trained] = await fit()
    const [second, again] = await fit()
    expect(trained).toBe(12)
    expect(again).toBe(0)
    expect(second).toEqual(first)
  })

  it.each([
    ['epochs', { maxEpochs: 3 }, 2],
    ['steps, inside an epoch', { maxSteps: 8 }, 1],
    ['steps, where an epoch ends', { maxSteps: 12 }, 1],
  ])(
    'logs the test of a run that was over by %s as an unbroken run does',
    async (_, options, last) => {
      const rootDir = temporaryFolder()
      const fit = async (tests: boolean): Promise<Record<string, string>> => {
        const trainer = new Trainer({
          ...options,
          rootDir,
          callbacks: [new ConfusionMatrix()],
          loggers: [new CSVLogger(), new JSONLLogger()],
        })
        const { runDir } = await trainer.fit(new Classifier(toyModel()), toyData(), {
          resume: 'last',
        })
        if (tests) await trainer.test({ checkpoint: 'last' })
        const names = ['metrics.csv', 'metrics.jsonl', 'confusion-matrix.jsonl']
        return Object.fromEntries(
          names.map((name) => [name, readFileSync(join(runDir!, name), 'utf8')]),
        )
      }
      const unbroken = await fit(true)
      expect(unbroken['metrics.jsonl']!.trimEnd().split('\n').at(-1)).toMatch(
        `{"kind":"test","epoch":${last},`,
      )
      expect(await fit(true)).toEqual(unbroken)
      // As after a kill between the last checkpoint and the test: the rows of the fit alone are there.
      const fitted = await fit(false)
      expect(fitted).not.toEqual(unbroken)
      expect(await fit(true)).toEqual(unbroken)
    },
  )

  it('stays stopped where a callback stopped it', async () => {
    const rootDir = temporaryFolder()
    const fit = (): Promise<FitResult> => {
      const callbacks = [new EarlyStopping({ monitor: 'train/loss', stoppingThreshold: 100 })]
      const trainer = new Trainer({ maxEpochs: 5, rootDir, callbacks })
      return trainer.fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
    }
    const first = await fit()
    expect(first).toMatchObject({ status: 'stopped', epochs: 1 })
    expect(await fit()).toMatchObject({
      status: 'stopped',
      epochs: 1,
      stopReason: first.stopReason,
      metrics: first.metrics,
    })
  })

  it('goes on with more epochs', async () => {
    const rootDir = temporaryFolder()
    const fit = async (maxEpochs: number, resume: string): Promise<[FitResult, object]> => {
      const model = toyModel()
      const trainer = new Trainer({
        maxEpochs,
        rootDir,
        callbacks: [new ModelCheckpoint({ saveTopK: 1 })],
      })
      return [await trainer.fit(new Classifier(model), toyData(), { resume }), weightsOf(model)]
    }
    await fit(1, 'last')
    const [longer, weights] = await fit(3, 'last')
    expect(longer).toMatchObject({ epochs: 3, steps: 18 })
    const other = temporaryFolder()
    const model = toyModel()
    await new Trainer({ maxEpochs: 3, rootDir: other }).fit(new Classifier(model), toyData())
    expect(weightsOf(model)).toEqual(weights)
  })

  it('resumes from the folder of a checkpoint, in its run', async () => {
    const rootDir = temporaryFolder()
    const trainer = new Trainer({ maxEpochs: 3, rootDir })
    const { runDir } = await trainer.fit(new Classifier(toyModel()), toyData())
    const whole = readFileSync(join(runDir!, 'metrics.csv'), 'utf8')
    const name = readdirNames(runDir!).find((each) => each.startsWith('epoch=0000'))!
    const again = new Trainer({ maxEpochs: 3, rootDir: temporaryFolder() })
    const resume = join(runDir!, 'checkpoints', name)
    const result = await again.fit(new Classifier(toyModel()), toyData(), { resume })
    expect(result.runDir).toBe(runDir)
    expect(readFileSync(join(runDir!, 'metrics.csv'), 'utf8')).toBe(whole)
  })

  it('resumes from the best, and says where there is nothing to resume', async () => {
    const rootDir = temporaryFolder()
    const reporter = new RecordingReporter()
    const fit = async (resume: string) => {
      const model = toyModel()
      const trainer = new Trainer({
        maxEpochs: 3,
        rootDir,
        reporter,
        callbacks: [new ModelCheckpoint({ monitor: 'validation/loss', mode: 'max', saveTopK: 1 })],
      })
      const result = await trainer.fit(new Classifier(model), toyData(), { resume })
      return { result, weights: weightsOf(model) }
    }
    const first = await fit('best')
    expect(reporter.infos).toContain('No checkpoint of "default" to resume: starting a new run.')
    // The worst is taken for the best here: the first of three epochs.
    expect(first.result.bestCheckpoint).toMatch(/epoch=0000-/)
    const again = await fit('best')
    expect(again.result.runDir).toBe(first.result.runDir)
    expect(again.weights).toEqual(first.weights)
    expect(again.result.steps).toBe(18)
  })

  it('finds a checkpoint again that was being replaced when the process was killed', async () => {
    const rootDir = temporaryFolder()
    const fit = async (maxEpochs: number) => {
      const model = toyModel()
      const trainer = new Trainer({ maxEpochs, rootDir })
      const result = await trainer.fit(new Classifier(model), toyData(), { resume: 'last' })
      return { ...result, weights: weightsOf(model) }
    }
    const { lastCheckpoint, runDir } = await fit(1)
    const folder = join(runDir!, 'checkpoints')
    const name = basename(lastCheckpoint!)
    renameSync(lastCheckpoint!, join(folder, `.${name}.4711.old.tmp`))
    mkdirSync(join(folder, `.${name}.4711.tmp`))
    const { steps, weights } = await fit(2)
    expect(steps).toBe(12)
    expect(readdirNames(runDir!).filter((each) => each.endsWith('.tmp'))).toEqual([])
    const model = toyModel()
    await new Trainer({ maxEpochs: 2, rootDir: false }).fit(new Classifier(model), toyData())
    expect(weights).toEqual(weightsOf(model))
  })

  it('refuses another optimizer and another shape', async () => {
    const rootDir = temporaryFolder()
    const trainer = new Trainer({ rootDir })
    await trainer.fit(new Classifier(toyModel()), toyData())
    const other = new Classifier(toyModel(), { optimizer: 'SGD' })
    await expect(trainer.fit(other, toyData(), { resume: 'last' })).rejects.toThrow(
      'expected optimizer "optimizer" to be SGD, received Adam',
    )
    const { MLP } = await import('@ductus/models')
    const wide = new Classifier(MLP(toyData().config(), { fc1: 17, fc2: 8 }))
    await expect(trainer.fit(wide, toyData(), { resume: 'last' })).rejects.toThrow(
      /expected fc1\/kernel of shape \[12, 17\], received \[12, 16\]/,
    )
  })

  it('warns where something else runs than then', async () => {
    const rootDir = temporaryFolder()
    await new Trainer({ rootDir }).fit(new Classifier(toyModel()), toyData())
    const reporter = new RecordingReporter()
    await useBackend('wasm')
    try {
      const trainer = new Trainer({ maxEpochs: 2, rootDir, reporter })
      await trainer.fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
    } finally {
      await useBackend('cpu')
    }
    expect(reporter.warnings[0]).toContain('backend was cpu and is wasm')
  })
})

function readdirNames(runDir: string): string[] {
  return readdirSync(join(runDir, 'checkpoints'))
}
