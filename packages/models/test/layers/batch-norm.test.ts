import { namedWeights } from '@ductus/backend'
import { keyedLayers, through } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose, useReference, waves } from '../support.js'

beforeAll(useReference)

function batchNormModel(shape = [3, 2]): tfl.LayersModel {
  const layers = keyedLayers(1)
  const input = layers.input(shape)
  return tfl.model({ inputs: input, outputs: through(input, layers.batchNorm({ name: 'bn' })) })
}

async function read(model: tfl.LayersModel, name: string): Promise<ArrayLike<number>> {
  return namedWeights(model)
    .find((weight) => weight.name === `bn/${name}`)!
    .variable.data()
}

/** Mean and unbiased variance of every second value. */
function statistics(x: ArrayLike<number>, channel: number) {
  const values = Array.from(x).filter((_, i) => i % 2 === channel)
  const mean = values.reduce((a, b) => a + b) / values.length
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
  return { mean, biased: squares / values.length, unbiased: squares / (values.length - 1) }
}

describe('BatchNorm', () => {
  it("normalises a batch by its biased variance with PyTorch's epsilon", async () => {
    const x = waves([4, 3, 2])
    const values = await x.data()
    const y = await (batchNormModel().apply(x, { training: true, step: 0 }) as tf.Tensor).data()
    const channels = [statistics(values, 0), statistics(values, 1)]
    expectClose(
      y,
      Array.from(values).map((value, i) => {
        const { mean, biased } = channels[i % 2]!
        return (value - mean) / Math.sqrt(biased + 1e-5)
      }),
      { atol: 1e-5 },
    )
  })

  it('keeps 0.9 of its running statistics and adds the unbiased variance', async () => {
    const model = batchNormModel()
    const x = waves([4, 3, 2])
    const [a, b] = [statistics(await x.data(), 0), statistics(await x.data(), 1)]
    model.apply(x, { training: true, step: 0 })
    expectClose(await read(model, 'moving_mean'), [0.1 * a.mean, 0.1 * b.mean])
    expectClose(await read(model, 'moving_variance'), [
      0.9 + 0.1 * a.unbiased,
      0.9 + 0.1 * b.unbiased,
    ])
    model.apply(x, { training: true, step: 1 })
    expectClose(await read(model, 'moving_mean'), [0.19 * a.mean, 0.19 * b.mean])
  })

  it('uses the running statistics when not training, and leaves them', async () => {
    const model = batchNormModel()
    const x = waves([4, 3, 2])
    const values = await x.data()
    const y = await (model.apply(x) as tf.Tensor).data()
    expectClose(
      y,
      Array.from(values).map((value) => value / Math.sqrt(1 + 1e-5)),
    )
    expectClose(await read(model, 'moving_mean'), [0, 0])
  })

  it('is in inference when frozen', async () => {
    const model = batchNormModel()
    const x = waves([4, 3, 2])
    model.apply(x, { training: true, step: 0 })
    model.getLayer('bn').trainable = false
    const kept = [...Array.from(await read(model, 'moving_mean'))]
    const inference = await (model.apply(x) as tf.Tensor).data()
    const frozen = model.apply(x, { training: true, step: 1 }) as tf.Tensor
    expectClose(await frozen.data(), inference, { rtol: 0, atol: 0 })
    expectClose(await read(model, 'moving_mean'), kept, { rtol: 0, atol: 0 })
    expect(kept[0]).not.toBe(0)
  })

  it('updates once a step under a gradient tape and leaves no tensors', async () => {
    const model = batchNormModel()
    const x = waves([4, 3, 2])
    const { mean } = statistics(await x.data(), 0)
    const trained = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
    const step = (i: number) => {
      tf.tidy(() => {
        const loss = () => {
          const y = model.apply(x, { training: true, step: i }) as tf.Tensor
          return tf.sum<tf.Scalar>(tf.mul(tf.mul(y, y), y))
        }
        const { grads } = tf.variableGrads(loss, trained)
        expect(Object.keys(grads)).toHaveLength(2)
      })
    }
    step(0)
    const before = tf.memory()
    expectClose([(await read(model, 'moving_mean'))[0]!], [0.1 * mean])
    for (let i = 1; i < 5; i++) step(i)
    expect(tf.memory().numTensors).toBe(before.numTensors)
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers)
    expectClose([(await read(model, 'moving_mean'))[0]!], [(1 - 0.9 ** 5) * mean])
  })

  it('says that one value a channel has no variance', () => {
    expect(() => batchNormModel([2]).apply(waves([1, 2]), { training: true })).toThrow(
      'bn: expected more than one value a channel in training, received [1, 2]. ' +
        'Use a larger batch, or drop the last one when it is smaller.',
    )
  })

  it.each([true, false])(
    'adds a shortcut before the activation, training: %s',
    async (training) => {
      const [x, shortcut] = [waves([4, 3, 2]), tf.mul(waves([4, 3, 2]), -3)]
      const layers = keyedLayers(1)
      const inputs = [layers.input([3, 2]), tfl.input({ shape: [3, 2], name: 'shortcut' })]
      const join = layers.batchNorm({ name: 'bn', activation: 'relu' })
      const model = tfl.model({ inputs, outputs: join.apply(inputs) as tfl.SymbolicTensor })
      const options = { training, step: 0 }
      const y = model.apply([x, shortcut], options) as tf.Tensor
      const alone = batchNormModel().apply(x, options) as tf.Tensor
      expect(join.getClassName()).toBe('DuctusBatchNormalization')
      expect(model.outputShape).toEqual([null, 3, 2])
      expectClose(await y.data(), await tf.relu(tf.add(alone, shortcut)).data())
    },
  )
})
