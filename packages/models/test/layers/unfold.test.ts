import { fold, keyedLayers, unfold } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose, useReference, waves } from '../support.js'

beforeAll(useReference)

const geometries = [
  { kernelSize: 3 },
  { kernelSize: 5, strides: 2, padding: 2 },
  { kernelSize: [3, 2] as const, strides: [1, 3] as const, padding: [0, 1] as const },
  { kernelSize: 3, dilation: 2, padding: 1 },
  { kernelSize: 1, strides: 2 },
]

describe('unfold', () => {
  it('lays 28×28 out as 9 rows of 676 windows, whose product with a kernel is a convolution', async () => {
    const image = waves([28, 28, 1]) as tf.Tensor3D
    const kernel = waves([3, 3, 1, 1], 2) as tf.Tensor4D
    const columns = unfold(image, { kernelSize: 3 })
    const product = tf.matMul(tf.reshape(kernel, [1, 9]), columns)
    expect(columns.shape).toEqual([9, 676])
    const expected = tf.conv2d(image, kernel, 1, 'valid')
    expect(tf.reshape(product, [26, 26, 1]).shape).toEqual(expected.shape)
    expectClose(await product.data(), await expected.data(), { atol: 1e-5 })
  })

  it.each(geometries)('is turned round by fold: %j', async (options) => {
    // ⟨unfold(x), y⟩ = ⟨x, fold(y)⟩ for all x and y.
    const x = waves([2, 9, 8, 3])
    const columns = unfold(x, options)
    const y = waves(columns.shape, 1)
    const back = fold(y, { ...options, outputSize: [9, 8] })
    expect(back.shape).toEqual(x.shape)
    const [left] = await tf.sum(tf.mul(columns, y)).data()
    const [right] = await tf.sum(tf.mul(x, back)).data()
    expect(left).toBeCloseTo(right!, 3)
    expect(Math.abs(left!)).toBeGreaterThan(0.01)
  })

  it.each(geometries)(
    'has the gradient that fold gives, and fold that of unfold: %j',
    async (options) => {
      const x = waves([1, 9, 8, 2])
      const weights = waves(unfold(x, options).shape, 3)
      const gradient = tf.grad((image) => tf.sum(tf.mul(unfold(image, options), weights)))
      const folded = fold(weights, { ...options, outputSize: [9, 8] })
      expectClose(await gradient(x).data(), await folded.data())

      const image = waves([1, 9, 8, 2], 4)
      const back = tf.grad((columns) =>
        tf.sum(tf.mul(fold(columns, { ...options, outputSize: [9, 8] }), image)),
      )
      expectClose(await back(weights).data(), await unfold(image, options).data())
    },
  )

  it('says that columns and image do not fit', () => {
    expect(() => fold(tf.zeros([10, 676]), { kernelSize: 3, outputSize: [28, 28] })).toThrow(
      'fold: expected columns of 3·3 values a channel and 676 windows, received [1, 10, 676].',
    )
    expect(() => unfold(tf.zeros([2, 2, 1]), { kernelSize: 3 })).toThrow('received 2×2')
  })
})

describe('Im2colConv2d', () => {
  const cases = [
    { filters: 3, kernelSize: 3 },
    { filters: 12, kernelSize: 5, strides: 2, padding: 2, activation: 'tanh' as const },
    { filters: 2, kernelSize: 3, padding: 2, dilation: 2, useBias: false },
  ]

  it.each(cases)('gives the outputs and gradients of Conv2d: %j', async (options) => {
    const layers = keyedLayers(1)
    const [plain, im2col] = [
      layers.conv2d({ name: 'conv', ...options }),
      layers.im2colConv2d({ name: 'conv', ...options }),
    ]
    const x = waves([2, 9, 8, 3])
    const run = (layer: typeof plain) => {
      layer.apply(layers.input([9, 8, 3]))
      const weights = layer.trainableWeights.map((weight) => weight.read() as tf.Variable)
      const loss = (image: tf.Tensor) => {
        const y = layer.apply(image) as tf.Tensor
        return tf.sum<tf.Scalar>(tf.mul(tf.mul(y, y), y))
      }
      const { grads } = tf.variableGrads(() => loss(x), weights)
      const y = layer.apply(x) as tf.Tensor
      return [y, tf.grad(loss)(x), ...weights.map((weight) => grads[weight.name]!)]
    }
    const [expected, actual] = [run(plain), run(im2col)]
    expect(actual).toHaveLength(expected.length)
    for (const [i, tensor] of actual.entries()) {
      expect(tensor.shape).toEqual(expected[i]!.shape)
      expectClose(await tensor.data(), await expected[i]!.data(), { atol: 1e-4, rtol: 1e-4 })
    }
  })

  it('says that channels do not match', () => {
    const layers = keyedLayers(1)
    const layer = layers.im2colConv2d({ name: 'conv', filters: 2, kernelSize: 3, inChannels: 1 })
    expect(() => layer.apply(layers.input([8, 8, 3]))).toThrow(
      'conv: expected 1 channels, received 3.',
    )
  })
})
