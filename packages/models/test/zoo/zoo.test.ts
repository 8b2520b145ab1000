import {
  conv,
  keyedLayers,
  LeCun1990,
  LeNet5,
  ResNet,
  SimpleCNN,
  summarize,
  through,
} from '@ductus/models'
import type * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose, mnist, useReference, waves } from '../support.js'

beforeAll(useReference)

const mnist16 = { ...mnist, inputDims: [16, 16, 1] }
const logits = (model: { apply(x: tf.Tensor): unknown }, shape: number[]) =>
  (model.apply(waves(shape)) as tf.Tensor).data()

describe('LeNet5', () => {
  it('has the 62,158 parameters of the exercise', () => {
    expect(summarize(LeNet5(mnist)).parameters).toBe(62_158)
  })

  it('flattens to 400 values', () => {
    const { layers } = summarize(LeNet5(mnist))
    expect(layers.find(({ name }) => name === 'flatten')!.outputShape).toEqual([null, 400])
  })
})

describe('LeCun1990', () => {
  it('has 21,904 parameters on 28×28 and 9,760 as in the paper', () => {
    expect(summarize(LeCun1990(mnist)).parameters).toBe(21_904)
    expect(summarize(LeCun1990(mnist16, { paper: true })).parameters).toBe(9_760)
  })

  it('halves the image twice: 28, 14, 7 and 16, 8, 4', () => {
    const sizes = (dims: number[]) =>
      summarize(LeCun1990({ ...mnist, inputDims: dims }))
        .layers.filter(({ kind }) => kind === 'DuctusConv2D')
        .map(({ outputShape }) => outputShape.slice(1))
    expect(sizes([28, 28, 1])).toEqual([
      [14, 14, 12],
      [7, 7, 12],
    ])
    expect(sizes([16, 16, 1])).toEqual([
      [8, 8, 12],
      [4, 4, 12],
    ])
  })

  it('starts weights and biases at U(±2.4/F), F being 25, 300, the inputs, 30', async () => {
    const model = LeCun1990(mnist)
    for (const [name, fanIn] of [
      ['conv1', 25],
      ['conv2', 300],
      ['fc1', 588],
      ['fc2', 30],
    ] as const) {
      for (const weight of model.getLayer(name).getWeights()) {
        const largest = Math.max(...(await weight.data()).map(Math.abs))
        expect(largest).toBeLessThanOrEqual(2.4 / fanIn)
        expect(largest).toBeGreaterThan((0.7 * 2.4) / fanIn)
      }
    }
  })

  it('starts at N(0, 1) when asked', async () => {
    const [kernel] = LeCun1990(mnist, { init: 'normal' }).getLayer('fc1').getWeights()
    const values = Array.from(await kernel!.data())
    const mean = values.reduce((a, b) => a + b) / values.length
    const variance = values.reduce((a, b) => a + b * b) / values.length
    expect(mean).toBeCloseTo(0, 1)
    expect(variance).toBeCloseTo(1, 1)
    expect(values.filter((value) => Math.abs(value) < 1).length / values.length).toBeCloseTo(
      0.683,
      1,
    )
  })

  it.each([{ paper: false }, { paper: true }])(
    'runs either way with the same outputs: %j',
    async (options) => {
      const shape = [2, 16, 16, 1]
      const im2col = await logits(LeCun1990(mnist16, { ...options, convolution: 'im2col' }), shape)
      const plain = await logits(LeCun1990(mnist16, { ...options, convolution: 'conv2d' }), shape)
      expectClose(im2col, plain, { atol: 1e-5 })
    },
  )

  it('answers within the reach of the scaled tanh', async () => {
    const answers = await logits(LeCun1990(mnist), [4, 28, 28, 1])
    expect(Math.max(...answers.map(Math.abs))).toBeLessThan(1.716)
  })
})

describe('SimpleCNN', () => {
  it('has 5,274 parameters and maps of 14, 7, 4, 2 and 1', () => {
    const { parameters, layers } = summarize(SimpleCNN(mnist))
    const maps = layers.filter(({ parameters: weights }) => weights.length > 0)
    expect(parameters).toBe(5_274)
    expect(maps.map(({ outputShape }) => outputShape.slice(1))).toEqual([
      [14, 14, 4],
      [7, 7, 8],
      [4, 4, 16],
      [2, 2, 16],
      [1, 1, 10],
    ])
  })

  it('says how large images may be', () => {
    expect(() => SimpleCNN({ ...mnist, inputDims: [64, 64, 1] })).toThrow(
      'SimpleCNN: expected images of at most 32 pixels a side, which halve to 1×1, received 64×64×1.',
    )
  })

  it("gives conv, the course's helper: without strides, logits are maps", () => {
    const input = keyedLayers(1).input([28, 28, 1])
    const y = through(input, conv(1, 30, { stride: 1 }), conv(30, 10, { stride: 1, act: false }))
    expect(y.shape).toEqual([null, 28, 28, 10])
    expect(() => through(input, conv(3, 4))).toThrow('conv_3_4: expected 3 channels, received 1.')
  })
})

describe('ResNet', () => {
  it.each([
    // 272,474 is known for 20 layers and 3 channels; a block more in each stage is 97,216.
    [8, 272_474 - 2 * 9 * 16 - 2 * 97_216],
    [14, 272_474 - 2 * 9 * 16 - 97_216],
    [20, 272_474 - 2 * 9 * 16],
  ])('of depth %i has %i parameters', (depth, parameters) => {
    expect(summarize(ResNet(mnist, { depth })).parameters).toBe(parameters)
  })

  it('takes 28×28 and 32×32 and no other depth than 6n + 2', () => {
    const last = (dims: number[]) =>
      summarize(ResNet({ ...mnist, inputDims: dims }, { depth: 8 })).layers.at(-3)!.outputShape
    expect(last([28, 28, 1])).toEqual([null, 7, 7, 64])
    expect(last([32, 32, 3])).toEqual([null, 8, 8, 64])
    expect(() => ResNet(mnist, { depth: 10 })).toThrow(
      'ResNet: expected option depth to be 8, 14, 20',
    )
  })
})
