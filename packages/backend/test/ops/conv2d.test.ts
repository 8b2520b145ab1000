import { conv2d, depthwiseConv2d, useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectAllClose } from '../support/all-close.js'
import { backendsHere } from '../support/backends.js'
import { expectGradients } from '../support/finite-differences.js'
import { filled, weighted } from '../support/values.js'

const here = await backendsHere()

describe.each(here)('conv2d on %s', (backend) => {
  beforeAll(async () => void (await useBackend(backend)))
  beforeEach(() => tf.engine().startScope())
  afterEach(() => tf.engine().endScope())

  it('adds zeros on both sides, unlike TensorFlow at stride 2', () => {
    const x = tf.ones([1, 4, 4, 1])
    const filter = tf.ones([3, 3, 1, 1])
    const y = conv2d(x, filter, { strides: 2, padding: 1 })
    expect(y.shape).toEqual([1, 2, 2, 1])
    expect([...y.dataSync()]).toEqual([4, 6, 6, 9])
  })

  it.each(['linear', 'relu', 'tanh', 'sigmoid', 'relu6'] as const)(
    'is convolution, bias and %s in one',
    (activation) => {
      const [x, filter, bias] = [
        filled(1, [2, 7, 6, 3], -3, 3),
        filled(2, [3, 2, 3, 5]),
        filled(3, [5]),
      ]
      const parts = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
        const z = tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 1], 'same'), bias)
        return activation === 'linear' ? z : tf[activation](z)
      }
      const fused = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
        conv2d(x, filter, { bias, strides: [2, 1], padding: 'same', activation })
      expectAllClose(fused(x, filter, bias).dataSync(), parts(x, filter, bias).dataSync())
      const inputs = [x, filter, bias]
      const gradients = tf.grads((...t) =>
        weighted(fused(...(t as [tf.Tensor, tf.Tensor, tf.Tensor]))),
      )(inputs)
      const expected = tf.grads((...t) =>
        weighted(parts(...(t as [tf.Tensor, tf.Tensor, tf.Tensor]))),
      )(inputs)
      gradients.forEach((g, i) => {
        expectAllClose(g.dataSync(), expected[i]!.dataSync(), { atol: 1e-5 }, `gradient ${i}`)
      })
    },
  )

  it('has the gradients that finite differences give, with stride and dilation', () => {
    const inputs = [filled(4, [1, 6, 5, 2]), filled(5, [2, 3, 2, 3]), filled(6, [3])]
    expectGradients(
      (x, filter, bias) =>
        weighted(
          conv2d(x, filter, {
            bias: bias,
            strides: [2, 1],
            padding: [1, 2],
            dilation: [2, 3],
            activation: 'tanh',
          }),
        ),
      inputs,
    )
  })

  it('has the gradients that finite differences give, depthwise', () => {
    const inputs = [filled(7, [1, 5, 5, 3]), filled(8, [3, 2, 3, 2]), filled(9, [6])]
    expectGradients(
      (x, filter, bias) =>
        weighted(
          depthwiseConv2d(x, filter, {
            bias: bias,
            strides: 2,
            padding: 1,
            dilation: [1, 2],
            activation: 'sigmoid',
          }),
        ),
      inputs,
    )
  })

  it('is depthwise convolution, bias and activation in one', () => {
    const [x, filter, bias] = [filled(1, [2, 7, 6, 3]), filled(2, [3, 2, 3, 2]), filled(3, [6])]
    const y = depthwiseConv2d(x, filter, { bias, strides: 2, padding: 'valid', activation: 'relu' })
    const z = tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'valid')
    expectAllClose(y.dataSync(), tf.relu(tf.add(z, bias)).dataSync())
  })

  it('computes only the gradients that are asked for, and leaves no tensor behind', () => {
    const x = tf.variable(filled(1, [1, 5, 5, 2]))
    const filter = tf.variable(filled(2, [3, 3, 2, 3]))
    const bias = tf.variable(filled(3, [3]))
    const before = tf.memory().numTensors
    for (const wanted of [[x], [filter], [bias], [x, filter], [filter, bias], [x, filter, bias]]) {
      const { value, grads } = tf.variableGrads(
        () => weighted(conv2d(x, filter, { bias, padding: 1, activation: 'relu' })),
        wanted,
      )
      expect(Object.keys(grads)).toHaveLength(wanted.length)
      tf.dispose([value, grads])
      expect(tf.memory().numTensors).toBe(before)
    }
    tf.dispose([x, filter, bias])
  })

  it('names what does not fit', () => {
    const x = tf.ones([1, 5, 5, 2])
    expect(() => conv2d(x, tf.ones([3, 3, 3, 4]))).toThrow('received [1, 5, 5, 2] and [3, 3, 3, 4]')
    expect(() => conv2d(x, tf.ones([3, 3, 2, 4]), { bias: tf.ones([2]) })).toThrow('bias [4]')
    expect(() => conv2d(x, tf.ones([3, 3, 2, 4]), { strides: 0 })).toThrow('strides')
    expect(() => conv2d(x, tf.ones([3, 3, 2, 4]), { activation: 'elu' as never })).toThrow('elu')
  })
})
