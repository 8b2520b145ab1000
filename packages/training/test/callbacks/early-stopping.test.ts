import { useBackend } from '@ductus/backend'
import {
  EarlyStopping,
  Trainer,
  WeightAveraging,
  type Callback,
  type EarlyStoppingOptions,
  type TrainerContext,
  type TrainerOptions,
} from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { Scripted } from '../support/scripted.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { weightsOf } from '../support/weights-of.js'

beforeAll(async () => {
  await useBackend('cpu')
})

/** Feeds values one validation each; gives the 1-based check at which it stopped, and why. */
function stopAt(options: EarlyStoppingOptions, values: number[]): [number, string] | undefined {
  const callback = new EarlyStopping(options)
  let reason: string | undefined
  const context = {
    fitting: true,
    validates: true,
    validations: 1,
    metrics: {},
    logged: {},
    modes: {},
    fresh: {} as Record<string, number>,
    stop: (why: string) => (reason ??= why),
  }
  for (let i = 0; i < values.length; i++) {
    context.fresh = { [options.monitor ?? 'validation/loss']: values[i]! }
    void callback.onValidationEnd(context as unknown as TrainerContext)
    if (reason !== undefined) return [i + 1, reason]
  }
  return undefined
}

describe('EarlyStopping', () => {
  it('counts checks without an improvement', () => {
    expect(stopAt({ patience: 2 }, [1, 0.9, 0.95, 0.8, 0.81, 0.82])?.[0]).toBe(6)
    expect(stopAt({ patience: 3 }, [1, 0.9, 0.95, 0.94, 0.8])).toBeUndefined()
  })

  it('wants more than minDelta', () => {
    expect(stopAt({ patience: 2, minDelta: 0.1 }, [1, 0.95, 0.91])?.[0]).toBe(3)
  })

  it('takes accuracies as better when greater', () => {
    expect(stopAt({ monitor: 'validation/acc', patience: 2 }, [0.5, 0.6, 0.7, 0.8])).toBeUndefined()
    expect(stopAt({ monitor: 'validation/acc', patience: 2 }, [0.5, 0.4, 0.3])?.[0]).toBe(3)
  })

  it('stops at thresholds and at what is not finite, and says so', () => {
    expect(stopAt({ stoppingThreshold: 0.1 }, [1, 0.05])?.[1]).toBe(
      'EarlyStopping: validation/loss reached 0.05, past the threshold of 0.1',
    )
    expect(stopAt({ divergenceThreshold: 10 }, [1, 11])?.[1]).toContain(
      'divergence threshold of 10',
    )
    expect(stopAt({}, [1, NaN])).toEqual([2, 'EarlyStopping: validation/loss is NaN'])
  })

  it('refuses a patience that is none', () => {
    expect(() => new EarlyStopping({ patience: -1 })).toThrow('expected patience')
    expect(() => new EarlyStopping({ minDelta: -1 })).toThrow('expected minDelta')
  })
})

/** Fits a run whose validations come to these losses; notes the weights that each validated. */
async function fit(losses: number[], callbacks: Callback[], options: TrainerOptions = {}) {
  const module = new Scripted(losses)
  const validated: Record<string, number[]>[] = []
  const trainer: Trainer = new Trainer({
    maxEpochs: losses.length,
    rootDir: temporaryFolder(),
    ...options,
    callbacks: [
      { onValidationEnd: () => void validated.push(weightsOf(module.model)) },
      ...callbacks,
      ...(options.callbacks ?? []),
    ],
  })
  const result = await trainer.fit(module, toyData(), { resume: 'last' })
  return { result, validated, weights: weightsOf(module.model), trainer, module }
}

const losses = [0.5, 0.2, 0.3, 0.4, 0.1]

describe('EarlyStopping in a fit', () => {
  it('ends it, and says why in the result', async () => {
    const stopping = new EarlyStopping({ patience: 2 })
    const { result } = await fit(losses, [stopping])
    expect(result).toMatchObject({ status: 'stopped', epochs: 4 })
    expect(result.stopReason).toMatch(
      /^EarlyStopping: validation\/loss did not improve on 0\.2\d* in 2 checks$/,
    )
    expect(stopping.reason).toBe('patience')
    expect(stopping.best).toBeCloseTo(0.2)
  })

  it('counts checks, not epochs', async () => {
    const options = { valCheckInterval: 2 }
    const { result } = await fit([0.5, 0.5], [new EarlyStopping({ patience: 3 })], options)
    // Three validations an epoch: the fourth is the third without an improvement.
    expect(result).toMatchObject({ epochs: 1, steps: 8 })
  })

  it('waits for minEpochs', async () => {
    const stopping = new EarlyStopping({ patience: 1 })
    const { result } = await fit([0.1, 0.2, 0.3, 0.4, 0.5], [stopping], { minEpochs: 4 })
    expect(result).toMatchObject({ status: 'stopped', epochs: 4 })
  })

  it('puts the weights of the best check back, whether it stopped or not', async () => {
    for (const [patience, epochs] of [
      [2, 4],
      [9, 4],
    ] as const) {
      const stopping = new EarlyStopping({ patience, restoreBest: true })
      const { result, validated, weights } = await fit(losses.slice(0, 4), [stopping])
      expect(result.epochs).toBe(epochs)
      expect(weights).toEqual(validated[1])
      expect(weights).not.toEqual(validated[3])
    }
    const { validated, weights } = await fit(losses, [new EarlyStopping({ patience: 2 })])
    expect(weights).toEqual(validated[3])
  })

  it('takes its count, its best and its weights from a checkpoint', async () => {
    const whole = await fit(losses, [new EarlyStopping({ patience: 2, restoreBest: true })])
    const rootDir = temporaryFolder()
    for (const stop of [3, 1]) {
      let left = stop
      const interrupt: Callback = {
        onTrainBatchEnd: ({ epoch }) => {
          if (epoch === 2 && left-- === 0) first.trainer.interrupt()
        },
      }
      const first = { trainer: undefined as unknown as Trainer }
      const module = new Scripted(losses)
      first.trainer = new Trainer({
        maxEpochs: 5,
        rootDir,
        callbacks: [new EarlyStopping({ patience: 2, restoreBest: true }), interrupt],
      })
      await first.trainer.fit(module, toyData(), { resume: 'last' })
    }
    const stopping = new EarlyStopping({ patience: 2, restoreBest: true })
    const { result, weights } = await fit(losses, [stopping], { rootDir })
    expect(result.stopReason).toBe(whole.result.stopReason)
    expect(result.steps).toBe(whole.result.steps)
    expect(weights).toEqual(whole.weights)
    // A run that is over stays so, and gives the same weights.
    const again = await fit(losses, [new EarlyStopping({ patience: 2, restoreBest: true })], {
      rootDir,
    })
    expect(again.result).toMatchObject({ status: 'stopped', steps: whole.result.steps })
    expect(again.weights).toEqual(whole.weights)
  })

  it('keeps the averaged weights where they were validated', async () => {
    const averaged: Record<string, number[]>[] = []
    const module = new Scripted(losses)
    const trainer = new Trainer({
      maxEpochs: 5,
      rootDir: false,
      callbacks: [
        { onValidationEnd: () => void averaged.push(weightsOf(module.model)) },
        new EarlyStopping({ patience: 2, restoreBest: true }),
        new WeightAveraging({ decay: 0.5 }),
      ],
    })
    await trainer.fit(module, toyData())
    expect(weightsOf(module.model)).toEqual(averaged[1])
  })

  it('watches the training loss at the end of epochs', async () => {
    const stopping = new EarlyStopping({ monitor: 'train/loss', stoppingThreshold: 1e9 })
    const { result } = await fit([1, 1, 1], [stopping], { limitValBatches: 0 })
    expect(result).toMatchObject({ status: 'stopped', epochs: 1 })
    expect(stopping.reason).toBe('threshold')
  })

  it('takes a metric that does not exist as an error, unless it is not strict', async () => {
    const monitor = 'validation/los'
    await expect(fit([1, 1], [new EarlyStopping({ monitor })])).rejects.toThrow(
      'EarlyStopping: expected monitor to be one of train/loss, validation/loss, received "validation/los"',
    )
    const { result } = await fit([1, 1], [new EarlyStopping({ monitor, strict: false })])
    expect(result).toMatchObject({ status: 'completed', epochs: 2 })
  })
})
