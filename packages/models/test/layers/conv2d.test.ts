import { keyedLayers, type Conv2dOptions } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose, useReference, waves } from '../support.js'

beforeAll(useReference)

const cases: (Omit<Conv2dOptions, 'name' | 'seed'> & { out: number[] })[] = [
  { filters: 2, kernelSize: 3, padding: 1, out: [9, 8, 2] },
  { filters: 2, kernelSize: 3, out: [7, 6, 2] },
  { filters: 3, kernelSize: 5, padding: 2, strides: 2, out: [5, 4, 3] },
  { filters: 2, kernelSize: [3, 1], padding: [1, 0], strides: [2, 1], out: [5, 8, 2] },
  { filters: 2, kernelSize: 3, padding: 2, dilation: 2, out: [9, 8, 2] },
  { filters: 2, kernelSize: 3, padding: 'same', strides: 2, out: [5, 4, 2] },
  { filters: 2, kernelSize: 3, padding: 'valid', useBias: false, out: [7, 6, 2] },
]

describe('Conv2d', () => {
  it.each(cases)('convolves and knows its output: %j', async ({ out, ...options }) => {
    const layers = keyedLayers(3)
    const layer = layers.conv2d({ name: 'conv', ...options })
    const symbolic = layer.apply(layers.input([9, 8, 3])) as { shape: number[] }
    const x = waves([2, 9, 8, 3]) as tf.Tensor4D
    const y = layer.apply(x) as tf.Tensor4D
    expect(symbolic.shape).toEqual([null, ...out])
    expect(y.shape).toEqual([2, ...out])

    const [kernel, bias] = layer.getWeights() as [tf.Tensor4D, tf.Tensor?]
    const { padding = 0, strides = 1, dilation = 1 } = options
    const [rows, columns] = typeof padding === 'object' ? padding : [padding, padding]
    const plain = tf.conv2d(
      typeof rows === 'number'
        ? tf.pad4d(x, [
            [0, 0],
            [rows, rows],
            [Number(columns), Number(columns)],
            [0, 0],
          ])
        : x,
      kernel,
      strides as number,
      typeof rows === 'number' ? 'valid' : rows,
      'NHWC',
      dilation as number,
    )
    const expected = bias ? tf.add(plain, bias) : plain
    expectClose(await y.data(), await expected.data(), { atol: 1e-5 })
  })

  it('starts weights and biases as PyTorch does: uniform within 1/√fanIn, another seed another draw', async () => {
    const layers = keyedLayers(5)
    const layer = layers.conv2d({ name: 'conv', filters: 64, kernelSize: 3 })
    layer.apply(layers.input([8, 8, 16]))
    const [kernel, bias] = await Promise.all(layer.getWeights().map((weight) => weight.data()))
    const bound = 1 / Math.sqrt(3 * 3 * 16)
    for (const values of [kernel!, bias!]) {
      expect(Math.max(...values)).toBeLessThan(bound)
      expect(Math.min(...values)).toBeGreaterThanOrEqual(-bound)
      expect(Math.max(...values)).toBeGreaterThan(bound * 0.9)
    }
    const mean = Array.from(kernel!).reduce((a, b) => a + b) / kernel!.length
    const variance = Array.from(kernel!).reduce((a, b) => a + b * b) / kernel!.length
    expect(Math.abs(mean)).toBeLessThan(bound / 50)
    expect(variance / (bound ** 2 / 3)).toBeCloseTo(1, 1)
    const other = keyedLayers(6).conv2d({ name: 'conv', filters: 64, kernelSize: 3 })
    other.apply(layers.input([8, 8, 16]))
    expect(await other.getWeights()[0]!.data()).not.toEqual(kernel)
  })
})
