import { namedWeights, useBackend } from '@ductus/backend'
import {
  Classifier,
  loadCheckpointWeights,
  Trainer,
  WeightAveraging,
  type Callback,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

beforeAll(async () => {
  await useBackend('cpu')
})

/** The decay of update t, from 0, as TensorFlow's `ExponentialMovingAverage` documents it. */
const warmedUp = (decay: number, t: number): number => Math.min(decay, (1 + t) / (10 + t))

it.each([
  ['warms up', { decay: 0.5 }, (t: number) => warmedUp(0.5, t), [1 / 10, 2 / 11, 3 / 12]],
  ['keeps one decay', { decay: 0.8, warmUp: false }, () => 0.8, [0.8, 0.8, 0.8]],
])(
  'averages exponentially and %s, validates and ends with the mean, and trains without it',
  async (_, given, decayAt, first) => {
    expect([0, 1, 2].map(decayAt)).toEqual(first)
    let updates = 0
    const model = toyModel(5, 0)
    const plain = toyModel(5, 0)
    const read = (of: typeof model): number[] =>
      namedWeights(of).flatMap(({ variable }) => Array.from(variable.dataSync()))
    let mean = read(plain)
    const follow: Callback = {
      onAfterOptimizerStep: () => {
        const decay = decayAt(updates++)
        mean = read(plain).map((value, i) => decay * mean[i]! + (1 - decay) * value)
      },
    }
    const before = tf.memory().numTensors
    const options = { maxEpochs: 3, rootDir: false } as const
    await new Trainer({ ...options, callbacks: [follow] }).fit(new Classifier(plain), toyData())
    const averaging = new WeightAveraging(given)
    const validated: number[][] = []
    const watch: Callback = { onValidationBatchEnd: () => void validated.push(read(model)) }
    await new Trainer({ ...options, callbacks: [averaging, watch] }).fit(
      new Classifier(model),
      toyData(),
    )
    for (const values of [read(model), validated.at(-1)!]) {
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(mean[i]!, 5)
      })
    }
    // Both sides of the warm-up were seen: (1 + t) / (10 + t) passes 0.5 at t = 8.
    expect(updates).toBe(18)
    expect(tf.memory().numTensors).toBe(before)
  },
)

// With a decay of 0.8 the warm-up lasts for 35 updates, and these are 12: a count that starts again shows.
it('is in checkpoints, and goes on with the same bits at any batch', async () => {
  const run = async (stops: number[]) => {
    const rootDir = temporaryFolder()
    let seen = 0
    const left = [...stops]
    for (;;) {
      const count = (): void => {
        if (++seen === left[0]) {
          left.shift()
          trainer.interrupt()
        }
      }
      const trainer: Trainer = new Trainer({
        maxEpochs: 2,
        rootDir,
        callbacks: [
          new WeightAveraging({ decay: 0.8 }),
          { onTrainBatchEnd: count, onValidationBatchEnd: count },
        ],
      })
      const model = toyModel()
      const result = await trainer.fit(new Classifier(model), toyData(), { resume: 'last' })
      if (result.status === 'interrupted') continue
      const stored = toyModel(1)
      await loadCheckpointWeights(result.lastCheckpoint!, stored)
      expect(weightsOf(stored)).toEqual(weightsOf(model))
      return { metrics: result.metrics, weights: weightsOf(model) }
    }
  }
  const whole = await run([])
  // In training, inside a validation, at the end of an epoch.
  for (const stop of [2, 7, 6, 9, 14]) expect(await run([stop])).toEqual(whole)
})
