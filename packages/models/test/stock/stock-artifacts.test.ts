import { namedWeights } from '@ductus/backend'
import {
  CNN,
  defineModel,
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
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { expectClose, mnist, useReference, waves } from '../support.js'

beforeAll(useReference)

/** Has every layer that plain TensorFlow.js lacks or would compute otherwise. */
const Everything = defineModel({
  name: 'Everything',
  summary: '',
  source: '',
  options: z.object({}),
  build(config, _, { layers }) {
    const input = layers.input(config.inputDims)
    const stem = through(
      input,
      layers.conv2d({ name: 'conv1', filters: 4, kernelSize: 5, strides: 2, padding: 2 }),
      layers.batchNorm({ name: 'bn1', activation: 'relu' }),
      layers.conv2d({ name: 'conv2', filters: 4, kernelSize: 3, strides: 2, padding: 1 }),
      layers.scaledTanh({ name: 'act2' }),
    )
    const shortcut = layers.conv2d({ name: 'project', filters: 4, kernelSize: 1 }).apply(stem)
    const branch = through(
      stem,
      layers.conv2d({ name: 'conv3', filters: 4, kernelSize: 3, padding: [1, 1], dilation: 1 }),
      layers.batchNorm({ name: 'bn3', activation: 'tanh' }),
    )
    const sum = layers.add({ name: 'sum' }).apply([branch, shortcut as tfl.SymbolicTensor])
    const logits = through(
      sum as tfl.SymbolicTensor,
      layers.avgPool2d({ name: 'pool' }),
      layers.dropout({ name: 'dropout', rate: 0.5 }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ name: 'fc', units: config.mapping.length }),
      layers.batchNorm({ name: 'bn_out', activation: 'sigmoid' }),
    )
    return tfl.model({ inputs: input, outputs: logits })
  },
})

/** Writes a model as the files that plain TensorFlow.js reads, in memory, and lets it read them. */
async function throughPlainFiles(model: tfl.LayersModel): Promise<tfl.LayersModel> {
  const { modelTopology, weightNames } = modelInfo(model).stockArtifacts()
  const tensors = Object.fromEntries(
    namedWeights(model).map(({ variable }, i) => [weightNames[i]!, variable as tf.Tensor]),
  )
  const { data, specs } = await tf.io.encodeWeights(tensors)
  const json = JSON.parse(JSON.stringify(modelTopology)) as object
  return tfl.loadLayersModel(
    tf.io.fromMemory({ modelTopology: json, weightSpecs: specs, weightData: data }),
  )
}

const small = { convDim: 3, fcDim: 8 } as const
const line = (length: number) => ({ ...mnist, inputDims: [28, 68, 1], outputDims: [length] })
const grown = { convDim: 3, fcDim: 8, numBlocks: 2, residual: true, batchNorm: true } as const

describe('stockArtifacts', () => {
  it.each([
    ['MLP', () => MLP(mnist, { fc1: 16, fc2: 8 })],
    ['CNN', () => CNN(mnist, { convDim: 3, fcDim: 8 })],
    ['a grown CNN', () => CNN(mnist, { ...grown, downsample: 'stride' })],
    ['a CNN with scaled tanh', () => CNN(mnist, { ...grown, activation: 'scaledTanh' })],
    ['ResNet', () => ResNet(mnist, { depth: 8, width: 4 })],
    ['LeNet5', () => LeNet5(mnist)],
    ['LeCun1990', () => LeCun1990(mnist)],
    [
      "the paper's LeCun1990",
      () => LeCun1990({ ...mnist, inputDims: [16, 16, 1] }, { paper: true }),
    ],
    ['SimpleCNN', () => SimpleCNN(mnist)],
    ['LineCNNSimple', () => LineCNNSimple(line(3), { ...small, windowStride: 20 })],
    ['LineCNNSimple of one window', () => LineCNNSimple({ ...mnist, outputDims: [1] }, small)],
    ['LineCNN', () => LineCNN(line(3), { convDim: 2, fcDim: 8, limitOutputLength: true })],
    ['a network with every layer of ours', () => Everything(mnist)],
  ] as const)('lets plain TensorFlow.js open %s with the same logits', async (_, make) => {
    const model = make()
    // Batch norm's statistics shall not be those that every file starts with.
    model.apply(waves([4, ...modelInfo(model).config.inputDims]), { training: true, step: 0 })
    const plain = await throughPlainFiles(model)
    const kinds = new Set(plain.layers.map((layer) => Object.getPrototypeOf(layer) as object))
    const x = waves([3, ...modelInfo(model).config.inputDims], 1)
    const expected = model.apply(x) as tf.Tensor
    const actual = plain.predict(x) as tf.Tensor
    expect(kinds.size).toBeGreaterThan(2)
    expect(actual.shape).toEqual(expected.shape)
    expectClose(await actual.data(), await expected.data())
  })

  it('writes padding that tf.layers calls same so, and spells the rest out', () => {
    const { modelTopology } = modelInfo(Everything(mnist)).stockArtifacts()
    const { layers } = modelTopology.config as { layers: { class_name: string; name: string }[] }
    expect(layers.filter(({ class_name }) => class_name === 'ZeroPadding2D')).toHaveLength(2)
    expect(layers.find(({ name }) => name === 'conv3')).toMatchObject({
      class_name: 'Conv2D',
      config: { padding: 'same' },
    })
    expect(JSON.stringify(layers)).not.toContain('Ductus')
  })

  it('never gives a file of its own that plain TensorFlow.js would read wrongly', () => {
    const own = Everything(mnist).toJSON(null, false) as unknown as {
      config: { layers: { class_name: string; name: string }[] }
    }
    const kind = (name: string) =>
      own.config.layers.find((layer) => layer.name === name)!.class_name
    expect([kind('conv1'), kind('bn1'), kind('act2')]).toEqual([
      'DuctusConv2D',
      'DuctusBatchNormalization',
      'ScaledTanh',
    ])
    expect([kind('conv3'), kind('fc'), kind('dropout')]).toEqual(['Conv2D', 'Dense', 'Dropout'])
  })
})
