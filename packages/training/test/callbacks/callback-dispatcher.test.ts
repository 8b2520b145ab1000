import { useBackend } from '@ductus/backend'
import { Classifier, hookNames, Trainer, type Callback, type HookName } from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

/** A callback with every hook, which notes its name. */
function recorder(note: (hook: HookName) => void | Promise<void>): Callback {
  return Object.fromEntries(hookNames.map((hook) => [hook, () => note(hook)]))
}

describe('hooks', () => {
  it('are called in the documented order', async () => {
    const seen: HookName[] = []
    const trainer = new Trainer({
      limitTrainBatches: 1,
      limitValBatches: 1,
      rootDir: temporaryFolder(),
      callbacks: [recorder((hook) => void seen.push(hook))],
    })
    const module = new Classifier(toyModel())
    await trainer.fit(module, toyData())
    expect(seen.splice(0)).toEqual([
      'onSetup',
      'onFitStart',
      'onEpochStart',
      'onTrainBatchStart',
      'onBeforeOptimizerStep',
      'onAfterOptimizerStep',
      'onTrainBatchEnd',
      'onSavePoint',
      'onValidationStart',
      'onValidationBatchEnd',
      'onValidationEnd',
      'onEpochEnd',
      'onSavePoint',
      'onCheckpointSaving',
      'onCheckpointSaved',
      'onSavePoint',
      'onFitEnd',
      'onTeardown',
    ])
    await trainer.test({ checkpoint: 'best' })
    await trainer.predict(module, toyData())
    expect(seen).toEqual([
      ...['onSetup', 'onCheckpointLoaded', 'onTestStart', 'onTestBatchEnd', 'onTestBatchEnd'],
      ...['onTestBatchEnd', 'onTestEnd', 'onTeardown'],
      ...['onSetup', 'onPredictStart', 'onPredictBatchEnd', 'onPredictBatchEnd'],
      ...['onPredictBatchEnd', 'onPredictEnd', 'onTeardown'],
    ])
  })

  it('wait for each other, also when async', async () => {
    const seen: string[] = []
    const slow: Callback = {
      onEpochEnd: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        seen.push('slow')
      },
    }
    const quick: Callback = { onEpochEnd: () => void seen.push('quick') }
    const trainer = new Trainer({ rootDir: false, callbacks: [slow, quick] })
    await trainer.fit(new Classifier(toyModel()), toyData())
    expect(seen).toEqual(['slow', 'quick'])
  })

  it('end the run with the names of callback and hook when they throw, after teardown', async () => {
    const seen: string[] = []
    const bad: Callback = {
      name: 'Flaky',
      onTrainBatchEnd: () => {
        throw new Error('disk full')
      },
    }
    const watch: Callback = {
      onException: () => void seen.push('exception'),
      onTeardown: () => void seen.push('teardown'),
    }
    const trainer = new Trainer({ rootDir: false, callbacks: [bad, watch] })
    await expect(trainer.fit(new Classifier(toyModel()), toyData())).rejects.toMatchObject({
      code: 'CALLBACK_FAILED',
      message: 'Callback Flaky.onTrainBatchEnd: disk full',
      cause: expect.objectContaining({ message: 'disk full' }) as Error,
    })
    expect(seen).toEqual(['exception', 'teardown'])
  })

  it('all hear of an error, also when one of them throws on the way out', async () => {
    const seen: string[] = []
    const bad: Callback = {
      onFitStart: () => {
        throw new Error('first')
      },
      onException: () => {
        throw new Error('second')
      },
      onTeardown: async () => Promise.reject(new Error('third')),
    }
    const watch: Callback = {
      onException: (_, error) => void seen.push((error as Error).message),
      onTeardown: () => void seen.push('teardown'),
    }
    const trainer = new Trainer({ rootDir: false, callbacks: [bad, watch] })
    const fitted = trainer.fit(new Classifier(toyModel()), toyData())
    await expect(fitted).rejects.toThrow('Callback callback.onFitStart: first')
    expect(seen).toEqual(['Callback callback.onFitStart: first', 'teardown'])
  })

  it('that are misspelt are refused before anything runs', async () => {
    const callback = { onEpocEnd: () => {} } as Callback
    const trainer = new Trainer({ rootDir: false, callbacks: [callback] })
    await expect(trainer.fit(new Classifier(toyModel()), toyData())).rejects.toThrow(
      'unknown hook "onEpocEnd". Did you mean onEpochEnd?',
    )
  })

  it('may stop the run with a reason, and log', async () => {
    const callback: Callback = {
      onTrainBatchEnd: (context) => {
        context.log('mine', context.step)
        if (context.step === 3) context.stop('enough')
      },
    }
    const trainer = new Trainer({ maxEpochs: 5, rootDir: false, callbacks: [callback] })
    const result = await trainer.fit(new Classifier(toyModel()), toyData())
    expect(result).toMatchObject({ status: 'stopped', stopReason: 'enough', steps: 3 })
  })
})
