import { useBackend } from '@ductus/backend'
import {
  Classifier,
  Trainer,
  findLearningRate,
  type Stage,
  type StepContext,
  type TensorBatch,
} from '@ductus/training'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { backendsHere } from '../support/backends-here.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

/** Holds the thread for 10 ms in every step, and counts steps between two ticks of a 20 ms timer. */
class Slow extends Classifier {
  readonly steps: Partial<Record<Stage, number>> = {}
  ticks = 0
  /** Most steps without a tick: each is 10 ms and more. */
  longest = 0
  #silent = 0

  listen(): this {
    const timer = setInterval(() => {
      this.ticks++
      this.#silent = 0
    }, 20)
    onTestFinished(() => {
      clearInterval(timer)
    })
    return this
  }

  override trainingStep(batch: TensorBatch, context: StepContext) {
    this.#hold(context)
    return super.trainingStep(batch, context)
  }

  override validationStep(batch: TensorBatch, context: StepContext) {
    this.#hold(context)
    return super.validationStep(batch, context)
  }

  override testStep(batch: TensorBatch, context: StepContext) {
    this.#hold(context)
    return super.testStep(batch, context)
  }

  override predictStep(batch: TensorBatch, context: StepContext) {
    this.#hold(context)
    return super.predictStep(batch, context)
  }

  #hold({ stage }: StepContext): void {
    this.steps[stage] = (this.steps[stage] ?? 0) + 1
    this.longest = Math.max(this.longest, ++this.#silent)
    const end = performance.now() + 10
    while (performance.now() < end);
  }
}

/** 40 training batches, 25 of validation and of test. */
const data = () => toyData({ samples: 80, batchSize: 2 })

describe.each(backendsHere)('between batches on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend)
  })

  /** Six steps are 60 ms: the timer's own 20, and what it waits for a turn. */
  function expectTicks(module: Slow, steps: Partial<Record<Stage, number>>): void {
    expect(module.steps).toEqual(steps)
    expect(module.longest).toBeLessThanOrEqual(6)
    expect(module.ticks).toBeGreaterThanOrEqual(5)
  }

  it('timers are heard in a fit, its sanity check and its validation', async () => {
    const module = new Slow(toyModel()).listen()
    const trainer = new Trainer({ maxEpochs: 1, rootDir: false, numSanityValSteps: -1 })
    await trainer.fit(module, data())
    expectTicks(module, { train: 40, validation: 50 })
  })

  it('timers are heard in validate, test and predict', async () => {
    const trainer = new Trainer({ rootDir: false })
    const validated = new Slow(toyModel()).listen()
    await trainer.validate(validated, data())
    expectTicks(validated, { validation: 25 })
    const tested = new Slow(toyModel()).listen()
    await trainer.test(tested, data())
    expectTicks(tested, { test: 25 })
    const predicted = new Slow(toyModel()).listen()
    await trainer.predict(predicted, data())
    expectTicks(predicted, { predict: 25 })
  })

  it('timers are heard in a sweep of the learning rate', async () => {
    const module = new Slow(toyModel()).listen()
    await findLearningRate(module, data(), { steps: 30, stopFactor: 1e9 })
    expectTicks(module, { train: 30 })
  })
})

describe('an aborted signal', () => {
  beforeAll(async () => {
    await useBackend('cpu')
  })

  it('ends a fit with the batch in hand, in a checkpoint that is taken up again', async () => {
    const rootDir = temporaryFolder()
    const fit = async (resume?: string) => {
      const module = new Slow(toyModel())
      const trainer = new Trainer({ rootDir, maxEpochs: 1, limitValBatches: 0 })
      const signal = resume === undefined ? AbortSignal.timeout(60) : undefined
      return trainer.fit(module, data(), { ...(resume && { resume }), ...(signal && { signal }) })
    }
    const stopped = await fit()
    expect(stopped.status).toBe('interrupted')
    expect(stopped.steps).toBeGreaterThan(0)
    expect(stopped.steps).toBeLessThan(40)
    expect(stopped.lastCheckpoint).toMatch(new RegExp(`last-epoch=0-batch=${stopped.steps}$`))
    expect(await fit('last')).toMatchObject({ status: 'completed', steps: 40 })
  })

  it('from before the start trains, tests and predicts nothing', async () => {
    const module = new Slow(toyModel())
    const trainer = new Trainer({ rootDir: temporaryFolder() })
    const signal = AbortSignal.abort()
    expect(await trainer.fit(module, data(), { signal })).toMatchObject({
      status: 'interrupted',
      steps: 0,
      lastCheckpoint: expect.stringMatching(/last-epoch=0-batch=0$/) as string,
    })
    const nothing = { status: 'interrupted', samples: 0 }
    expect(await trainer.test(module, data(), { signal })).toMatchObject(nothing)
    expect(await trainer.predict(module, data(), { signal })).toMatchObject(nothing)
    expect(module.steps).toEqual({})
  })

  it('ends a test early: its means are no row of the run, and no hook is told of an end', async () => {
    const module = new Slow(toyModel())
    let ended = 0
    const trainer = new Trainer({ rootDir: false, callbacks: [{ onTestEnd: () => void ended++ }] })
    const result = await trainer.test(module, data(), { signal: AbortSignal.timeout(60) })
    expect(result.status).toBe('interrupted')
    expect(result.samples).toBeLessThan(50)
    expect(ended).toBe(0)
  })

  it('rejects a sweep with its reason, and the weights are back', async () => {
    const model = toyModel()
    const before = model.getWeights().map((each) => Array.from(each.dataSync()))
    const sweep = findLearningRate(new Slow(model), data(), { signal: AbortSignal.timeout(60) })
    await expect(sweep).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(model.getWeights().map((each) => Array.from(each.dataSync()))).toEqual(before)
  })
})
