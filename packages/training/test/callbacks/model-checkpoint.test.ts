import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { namedWeights, useBackend } from '@ductus/backend'
import {
  checkpointName,
  Classifier,
  ModelCheckpoint,
  readCheckpoint,
  Trainer,
  type ModelCheckpointOptions,
} from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { Scripted } from '../support/scripted.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

beforeAll(async () => {
  await useBackend('cpu')
})

async function fit(losses: number[], options: ModelCheckpointOptions, valCheckInterval?: number) {
  const trainer = new Trainer({
    maxEpochs: losses.length,
    rootDir: temporaryFolder(),
    callbacks: [new ModelCheckpoint(options)],
    ...(valCheckInterval === undefined ? {} : { valCheckInterval }),
  })
  const result = await trainer.fit(new Scripted(losses), toyData())
  const folder = join(result.runDir!, 'checkpoints')
  const names = !existsSync(folder) ? [] : readdirSync(folder, { withFileTypes: true })
  return { ...result, names: names.flatMap((each) => (each.isDirectory() ? each.name : [])).sort() }
}

const name = (epoch: number, loss: number): string =>
  `epoch=${String(epoch).padStart(4, '0')}-validation.loss=${loss.toFixed(3)}`

describe('ModelCheckpoint', () => {
  it('keeps the best by validation loss, the best one as best', async () => {
    const losses = [0.9, 0.4, 0.7, 0.3, 0.5]
    const result = await fit(losses, { saveTopK: 2, saveLast: false })
    expect(result.names).toEqual([name(1, 0.4), name(3, 0.3)])
    expect(basename(result.bestCheckpoint!)).toBe(name(3, 0.3))
    expect(result.bestScore).toBeCloseTo(0.3)
    expect(result.lastCheckpoint).toBeNull()
  })

  it('keeps five unless told otherwise, and the last beside them', async () => {
    const losses = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    const result = await fit(losses, {})
    expect(result.names).toEqual([
      ...losses.slice(0, 5).map((loss, epoch) => name(epoch, loss)),
      'last-epoch=7-batch=0',
    ])
    expect(basename(result.lastCheckpoint!)).toBe('last-epoch=7-batch=0')
  })

  it('writes no second copy where the last is among the best', async () => {
    const result = await fit([0.3, 0.2, 0.1], { saveTopK: 1 })
    expect(result.names).toEqual([name(2, 0.1)])
    expect(result.lastCheckpoint).toBe(result.bestCheckpoint)
  })

  it('keeps all with −1 and none with 0', async () => {
    expect((await fit([0.3, 0.4], { saveTopK: -1, saveLast: false })).names).toHaveLength(2)
    expect((await fit([0.3, 0.4], { saveTopK: 0, saveLast: false })).names).toEqual([])
  })

  it('tells validations of one epoch apart', async () => {
    const result = await fit([0.5], { saveTopK: 3, saveLast: false }, 2)
    expect(result.names).toEqual([name(0, 0.5), `${name(0, 0.5)}-v1`, `${name(0, 0.5)}-v2`])
  })

  it('saves every n steps', async () => {
    const saved = async (accumulateGradBatches: number) => {
      const steps: number[] = []
      const trainer = new Trainer({
        rootDir: temporaryFolder(),
        accumulateGradBatches,
        callbacks: [
          new ModelCheckpoint({ everyNSteps: 2 }),
          { onCheckpointSaved: ({ step }) => void steps.push(step) },
        ],
      })
      await trainer.fit(new Scripted([0.5]), toyData())
      return steps
    }
    expect(await saved(1)).toEqual([2, 4, 6, 6])
    // Two steps of three batches: none is saved before the first, inside its group.
    expect(await saved(3)).toEqual([2, 2])
  })

  it('saves every n minutes, by its clock', async () => {
    let minutes = 0
    const steps: number[] = []
    const trainer = new Trainer({
      rootDir: temporaryFolder(),
      callbacks: [
        { onTrainBatchEnd: () => void (minutes += 1) },
        new ModelCheckpoint({ everyNMinutes: 3, clock: () => minutes * 60_000 }),
        { onCheckpointSaved: ({ step }) => void steps.push(step) },
      ],
    })
    await trainer.fit(new Scripted([0.5]), toyData())
    expect(steps).toEqual([3, 6, 6])
  })

  it('saves at the end of every n-th epoch', async () => {
    const result = await fit([0.5, 0.4, 0.3, 0.2, 0.1], { everyNEpochs: 2, saveLast: false })
    expect(result.names).toEqual([name(1, 0.4), name(3, 0.2)])
  })

  it('saves the fit as it stands when an error ends it, and leaves last where it was', async () => {
    const rootDir = temporaryFolder()
    const reporter = new RecordingReporter()
    const run = async (saveOnException: boolean) => {
      const trainer = new Trainer({
        maxEpochs: 2,
        rootDir,
        name: String(saveOnException),
        reporter,
        callbacks: [
          new ModelCheckpoint({ saveOnException, saveTopK: 1 }),
          {
            name: 'Flaky',
            onTrainBatchStart: ({ step }) => {
              if (step === 9) throw new Error('disk full')
            },
          },
        ],
      })
      const module = new Classifier(toyModel())
      await expect(trainer.fit(module, toyData())).rejects.toThrow(
        'Callback Flaky.onTrainBatchStart: disk full',
      )
      const folder = join(trainer.runDir!, 'checkpoints')
      const last = JSON.parse(readFileSync(join(folder, 'last.json'), 'utf8')) as object
      return { folder, last, names: readdirSync(folder), module }
    }
    const { folder, last, names, module } = await run(true)
    const saved = 'exception-epoch=0001-step=00000009'
    expect(names).toContain(saved)
    expect(reporter.warnings).toEqual([
      `The fit as it stood at the error is in ${join(folder, saved)}`,
    ])
    expect((last as { checkpoint: string }).checkpoint).toMatch(/^epoch=0000-/)
    const { manifest, files } = await readCheckpoint(join(folder, saved))
    expect(manifest.loop).toMatchObject({ epoch: 1, batch: 3, step: 9 })
    expect(manifest.optimizers.optimizer!.t).toBe(9)
    // The optimizer's memory is whole: Adam's two slots of each weight.
    const bytes = namedWeights(module.model).reduce(
      (sum, { variable }) => sum + variable.size * 4,
      0,
    )
    expect(files.get('optimizer.bin')!.byteLength).toBe(2 * bytes)
    expect((await run(false)).names.some((each) => each.startsWith('exception'))).toBe(false)
  })

  it('and that checkpoint resumes to the same bits', async () => {
    const whole = toyModel()
    const options = { maxEpochs: 2, rootDir: temporaryFolder() }
    await new Trainer(options).fit(new Classifier(whole), toyData())
    const failing = new Trainer({
      ...options,
      name: 'failing',
      callbacks: [
        {
          onTrainBatchStart: ({ step }) => {
            if (step === 9) throw new Error('disk full')
          },
        },
      ],
    })
    await expect(failing.fit(new Classifier(toyModel()), toyData())).rejects.toThrow('disk full')
    const resume = join(failing.runDir!, 'checkpoints', 'exception-epoch=0001-step=00000009')
    const again = toyModel()
    await new Trainer(options).fit(new Classifier(again), toyData(), { resume })
    expect(weightsOf(again)).toEqual(weightsOf(whole))
  })

  it('takes a mode and a template', async () => {
    const result = await fit([0.3, 0.4], {
      mode: 'max',
      saveTopK: 1,
      saveLast: false,
      filename: '{step:04}',
    })
    expect(result.names).toEqual(['step=0012'])
  })

  it('refuses a validation metric that does not exist before training', async () => {
    const callbacks = [new ModelCheckpoint({ monitor: 'validation/los' })]
    const trainer = new Trainer({ rootDir: temporaryFolder(), callbacks })
    await expect(trainer.fit(new Classifier(toyModel()), toyData())).rejects.toThrow(
      'ModelCheckpoint: expected monitor to be one of train/loss, train/acc, validation/loss, validation/acc, ' +
        'received "validation/los". Did you mean validation/loss?',
    )
  })

  it('goes by the training loss where nothing is validated', async () => {
    const trainer = new Trainer({ rootDir: temporaryFolder(), limitValBatches: 0 })
    const { bestCheckpoint } = await trainer.fit(new Classifier(toyModel()), toyData())
    expect(basename(bestCheckpoint!)).toMatch(/^epoch=0000-train\.loss=/)
  })

  it('points best and last by files', async () => {
    const { runDir, bestCheckpoint } = await fit([0.2, 0.3], { saveTopK: 1 })
    const read = (alias: string) =>
      JSON.parse(readFileSync(join(runDir!, 'checkpoints', `${alias}.json`), 'utf8')) as object
    expect(read('best')).toMatchObject({ checkpoint: basename(bestCheckpoint!) })
    expect(read('last')).toMatchObject({ checkpoint: 'last-epoch=2-batch=0' })
    expect(existsSync(join(runDir!, 'checkpoints', 'last-epoch=1-batch=0'))).toBe(false)
  })

  it('refuses options out of range', () => {
    expect(() => new ModelCheckpoint({ saveTopK: -2 })).toThrow('expected saveTopK')
    expect(() => new ModelCheckpoint({ everyNEpochs: 0 })).toThrow('expected everyNEpochs')
  })
})

describe('checkpointName', () => {
  it('writes the lab’s names', () => {
    const values = { epoch: 3, 'validation/loss': 0.12345 }
    expect(checkpointName('{epoch:04}-{validation/loss:.3f}', values)).toBe(
      'epoch=0003-validation.loss=0.123',
    )
  })
})
