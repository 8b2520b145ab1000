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

  it('says which layer has no form in ONNX', async () => {
    const Odd = defineModel({
      name: 'Odd',
      summary: '',
      source: '',
      options: z.object({}),
      build(config, _, { layers }) {
        const input = layers.input(config.inputDims)
        const outputs = through(input, tfl.layers.upSampling2d({ name: 'up', size: [2, 2] }))
        return tfl.model({ inputs: input, outputs })
      },
    })
    await expect(exportOnnx(Odd(mnist))).rejects.toThrow(
      'exportOnnx: expected layers that ONNX has here, received up (UpSampling2D).',
    )
  })
})
