import { useBackend } from '@ductus/backend'
import { Classifier, Timer, Trainer, type Callback, type TrainerOptions } from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

/** A clock that goes on by a second a training batch and by ten a validation batch. */
function batchClock() {
  const time = { ms: 0 }
  const tick: Callback = {
    onTrainBatchEnd: () => void (time.ms += 1000),
    onValidationBatchEnd: () => void (time.ms += 10_000),
    onTestBatchEnd: () => void (time.ms += 100_000),
  }
  return { tick, clock: () => time.ms }
}

function fit(rootDir: string, maxTimeMs: number, options: TrainerOptions = {}) {
  const { tick, clock } = batchClock()
  const timer = new Timer({ maxTimeMs, clock })
  const trainer = new Trainer({
    maxEpochs: 3,
    rootDir,
    ...options,
    callbacks: [tick, timer, ...(options.callbacks ?? [])],
  })
  const module = new Classifier(toyModel())
  return { timer, trainer, result: trainer.fit(module, toyData(), { resume: 'last' }) }
}

describe('Timer', () => {
  it('counts by stage: training, validation, and a test after the fit', async () => {
    const { timer, trainer, result } = fit(temporaryFolder(), Infinity)
    await result
    await trainer.test()
    // Three epochs of 6 training and 3 validation batches; the sanity check is not counted.
    expect(timer.usedMs('train')).toBe(18_000)
    expect(timer.usedMs('validation')).toBe(90_000)
    expect(timer.usedMs('test')).toBe(300_000)
  })

  it('stops the run when its time is used up, and says so', async () => {
    const { timer, result } = fit(temporaryFolder(), 38_000)
    // 6 s + 30 s in the first epoch, two more in the second.
    expect(await result).toMatchObject({
      status: 'stopped',
      epochs: 1,
      steps: 8,
      stopReason: 'Timer: 38 s are over (training 8.0 s, validation 30.0 s)',
    })
    expect(timer.leftMs).toBe(0)
  })

  it('goes on counting where the run does, also inside a validation', async () => {
    const rootDir = temporaryFolder()
    let batches = 0
    const stop: Callback = {
      onValidationBatchEnd: () => (++batches === 2 ? first.trainer.interrupt() : undefined),
    }
    const first: ReturnType<typeof fit> = fit(rootDir, 38_000, { callbacks: [stop] })
    expect(await first.result).toMatchObject({ status: 'interrupted', steps: 6 })
    const { timer, result } = fit(rootDir, 38_000)
    expect(await result).toMatchObject({ status: 'stopped', steps: 8 })
    expect(timer.usedMs('train')).toBe(8000)
    expect(timer.usedMs('validation')).toBe(30_000)
  })

  it('leaves a run over that had no more time, and lets it go on with more', async () => {
    const rootDir = temporaryFolder()
    await fit(rootDir, 38_000).result
    expect(await fit(rootDir, 38_000).result).toMatchObject({ status: 'stopped', steps: 8 })
    const { timer, result } = fit(rootDir, 1e9)
    expect(await result).toMatchObject({ status: 'completed', epochs: 3, steps: 18 })
    expect(timer.usedMs('train')).toBe(18_000)
  })

  it('may look at epochs alone', async () => {
    const { tick, clock } = batchClock()
    const timer = new Timer({ maxTimeMs: 2000, interval: 'epoch', clock })
    const trainer = new Trainer({ maxEpochs: 3, rootDir: false, callbacks: [tick, timer] })
    const result = await trainer.fit(new Classifier(toyModel()), toyData())
    expect(result).toMatchObject({ status: 'stopped', epochs: 1, steps: 6 })
  })
})
