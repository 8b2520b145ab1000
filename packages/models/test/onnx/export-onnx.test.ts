import {
  CNN,
  defineModel,
  exportOnnx,
  LeCun1990,
  LeNet5,
  LineCNN,
  LineCNNSimple,
  MLP,
  modelInfo,
  ResNet,
  SimpleCNN,
  through,
} from '@ductus/models'
import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import * as ort from 'onnxruntime-web'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { expectClose, mnist, useReference, waves } from '../support.js'

beforeAll(async () => {
  ort.env.wasm.numThreads = 1
  await useReference()
})

const small = { convDim: 3, fcDim: 8 } as const
const line = (length: number) => ({ ...mnist, inputDims: [28, 68, 1], outputDims: [length] })

describe('exportOnnx', () => {
  it.each([
    ['MLP', () => MLP(mnist, { fc1: 16, fc2: 8 })],
    ['CNN', () => CNN(mnist, small)],
    [
      'a grown CNN',
      () =>
        CNN(mnist, {
          ...small,
          numBlocks: 2,
          residual: true,
          batchNorm: true,
          downsample: 'stride',
        }),
    ],
    [
      'a CNN with scaled tanh',
      () => CNN(mnist, { ...small, batchNorm: true, activation: 'scaledTanh' }),
    ],
    ['ResNet', () => ResNet(mnist, { depth: 8, width: 4 })],
    ['LeNet5', () => LeNet5(mnist)],
    ['LeCun1990', () => LeCun1990(mnist)],
    [
      "the paper's LeCun1990",
      () => LeCun1990({ ...mnist, inputDims: [16, 16, 1] }, { paper: true }),
    ],
    ['SimpleCNN', () => SimpleCNN(mnist)],
    ['LineCNNSimple', () => LineCNNSimple(line(3), { ...small, windowStride: 20 })],
    ['LineCNN', () => LineCNN(line(3), { convDim: 2, fcDim: 8, limitOutputLength: true })],
  ] as const)('gives %s the same logits in another runtime', async (_, make) => {
    const model = make()
    const dims = modelInfo(model).config.inputDims
    model.apply(waves([4, ...dims]), { training: true, step: 0 })
    const session = await ort.InferenceSession.create(await exportOnnx(model))
    const x = waves([3, ...dims], 1)
    const images = new ort.Tensor('float32', (await x.data()) as Float32Array, x.shape)
    const { logits } = await session.run({ images })
    const expected = model.apply(x) as tf.Tensor
    expect(logits!.dims).toEqual(expected.shape)
    expectClose(logits!.data as Float32Array, await expected.data(), { atol: 1e-5, rtol: 1e-4 })
    await session.release()
  })

  it.each([
    ['relu', () => tfl.layers.reLU({})],
    ['relu with a bound', () => tfl.layers.reLU({ maxValue: 0.5 })],
    ['leaky relu', () => tfl.layers.leakyReLU({ alpha: 0.2 })],
    ['elu', () => tfl.layers.elu()],
    ['thresholded relu', () => tfl.layers.thresholdedReLU({ theta: 0.3 })],
    ['softmax over channels', () => tfl.layers.softmax({ axis: 3 })],
    ['gaussian noise', () => tfl.layers.gaussianNoise({ stddev: 1 })],
    ['gaussian dropout', () => tfl.layers.gaussianDropout({ rate: 0.5 })],
    ['alpha dropout', () => tfl.layers.alphaDropout({ rate: 0.5 })],
    [
      'zero padding',
      () =>
        tfl.layers.zeroPadding2d({
          padding: [
            [1, 2],
            [0, 3],
          ],
        }),
    ],
    ['up-sampling', () => tfl.layers.upSampling2d({ size: [2, 3] })],
    [
      'bilinear up-sampling',
      () => tfl.layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }),
    ],
    [
      'pooling with padding',
      () => tfl.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
    ],
    [
      'mean pooling with padding',
      () => tfl.layers.averagePooling2d({ poolSize: 2, padding: 'same' }),
    ],
    ['global max pooling', () => tfl.layers.globalMaxPooling2d({})],
    [
      'a dense layer on a map',
      () => tfl.layers.dense({ name: 'mix', units: 4, activation: 'softplus' }),
    ],
    ['an activation by name', () => tfl.layers.activation({ activation: 'selu' })],
    ['softmax by name', () => tfl.layers.activation({ activation: 'softmax' })],
    ['a reshape to a map', () => tfl.layers.reshape({ targetShape: [5, 7, 3] })],
  ])('gives a stock layer the same numbers in another runtime: %s', async (_, make) => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          name: 'conv',
          filters: 3,
          kernelSize: 3,
          padding: 'same',
          inputShape: [5, 7, 2],
        }),
        make(),
      ],
    })
    const session = await ort.InferenceSession.create(await exportOnnx(model))
    const x = waves([2, 5, 7, 2])
    const images = new ort.Tensor('float32', (await x.data()) as Float32Array, x.shape)
    const { logits } = await session.run({ images })
    const expected = model.predict(x) as tf.Tensor
    expect(logits!.dims).toEqual(expected.shape)
    expectClose(logits!.data as Float32Array, await expected.data(), { atol: 1e-5, rtol: 1e-4 })
    await session.release()
  })

  it.each([
    ['add', () => tfl.layers.add()],
    ['multiply', () => tfl.layers.multiply()],
    ['average', () => tfl.layers.average()],
    ['maximum', () => tfl.layers.maximum()],
    ['minimum', () => tfl.layers.minimum()],
    ['concatenate', () => tfl.layers.concatenate()],
    ['concatenate rows', () => tfl.layers.concatenate({ axis: 1 })],
  ])('joins three maps as tf.layers does: %s', async (_, make) => {
    const input = tfl.input({ shape: [5, 7, 2] })
    const branch = (name: string) =>
      tfl.layers.conv2d({ name, filters: 3, kernelSize: 1 }).apply(input) as tfl.SymbolicTensor
    const outputs = make().apply([branch('a'), branch('b'), branch('c')]) as tfl.SymbolicTensor
    const model = tfl.model({ inputs: input, outputs })
    const session = await ort.InferenceSession.create(await exportOnnx(model))
    const x = waves([2, 5, 7, 2])
    const images = new ort.Tensor('float32', (await x.data()) as Float32Array, x.shape)
    const { logits } = await session.run({ images })
    const expected = model.predict(x) as tf.Tensor
    expect(logits!.dims).toEqual(expected.shape)
    expectClose(logits!.data as Float32Array, await expected.data(), { atol: 1e-5, rtol: 1e-4 })
    await session.release()
  })

  it('says which layer has its channels first', async () => {
    const layers = [
      tfl.layers.maxPooling2d({
        name: 'turned',
        poolSize: 2,
        dataFormat: 'channelsFirst',
        inputShape: [4, 4, 2],
      }),
    ]
    await expect(exportOnnx(tfl.sequential({ layers }))).rejects.toThrow(
      'expected maps with channels last, received turned (MaxPooling2D) with channels first',
    )
  })

  it('says which layer has no form in ONNX', async () => {
    const Odd = defineModel({
      name: 'Odd',
      summary: '',
      source: '',
      options: z.object({}),
      build(config, _, { layers }) {
        const input = layers.input(config.inputDims)
        const outputs = through(
          input,
          tfl.layers.separableConv2d({ name: 'apart', filters: 2, kernelSize: 3 }),
        )
        return tfl.model({ inputs: input, outputs })
      },
    })
    await expect(exportOnnx(Odd(mnist))).rejects.toThrow(
      'exportOnnx: expected layers that ONNX has here, received apart (SeparableConv2D).',
    )
  })
})
