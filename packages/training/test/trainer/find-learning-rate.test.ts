import { useBackend } from '@ductus/backend'
import { Classifier, findLearningRate } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

beforeAll(async () => {
  await useBackend('cpu')
})

describe('findLearningRate', () => {
  it('suggests a rate that trains, and leaves everything as it was', async () => {
    const model = toyModel(5, 0)
    const before = weightsOf(model)
    const tensors = tf.memory().numTensors
    const sweep = await findLearningRate(new Classifier(model), toyData())
    expect(weightsOf(model)).toEqual(before)
    expect(tf.memory().numTensors).toBe(tensors)
    expect(sweep.lr[0]).toBeCloseTo(1e-8, 20)
    expect(sweep.lr.every((lr, i) => i === 0 || lr > sweep.lr[i - 1]!)).toBe(true)
    expect(sweep.loss).toHaveLength(sweep.lr.length)
    expect(sweep.smoothed).toHaveLength(sweep.lr.length)
    expect(sweep.suggestion).toBeGreaterThan(1e-4)
    expect(sweep.suggestion).toBeLessThan(1)
  })

  it('ends where the loss diverges', async () => {
    const module = new Classifier(toyModel(5, 0), { optimizer: 'SGD' })
    const sweep = await findLearningRate(module, toyData(), { min: 1, max: 1e6, smoothing: 0.5 })
    expect(sweep.lr.length).toBeLessThan(100)
  })

  it('refuses a range that is none', async () => {
    const module = new Classifier(toyModel())
    await expect(findLearningRate(module, toyData(), { min: 1, max: 0.1 })).rejects.toThrow(
      'findLearningRate: expected max above min (1), received 0.1.',
    )
    for (const [options, message] of [
      [{ min: 0 }, 'findLearningRate: expected min to be a number above 0, received 0.'],
      [{ max: Infinity }, 'expected max to be a number above 0, received Infinity.'],
      [{ steps: 2 }, 'expected steps to be a whole number of at least 3, received 2.'],
      [{ smoothing: 1 }, 'expected smoothing'],
      [{ stopFactor: NaN }, 'expected stopFactor'],
    ] as const) {
      await expect(findLearningRate(module, toyData(), options)).rejects.toThrow(message)
    }
  })
})
