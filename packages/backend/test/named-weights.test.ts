import { namedWeights, useBackend } from '@ductus/backend'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'

const names = (model: tfl.LayersModel) => namedWeights(model).map(({ name }) => name)

beforeAll(async () => {
  await useBackend('cpu')
})

describe('namedWeights', () => {
  it('calls a weight by its layer’s name and its own, however often the model is built', () => {
    const build = () =>
      tfl.sequential({
        layers: [
          tfl.layers.conv2d({ name: 'conv1', filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }),
          tfl.layers.batchNormalization({ name: 'norm1' }),
          tfl.layers.flatten({ name: 'flatten' }),
          tfl.layers.dense({ name: 'fc1', units: 3 }),
        ],
      })
    const [first, second] = [build(), build()]
    expect(names(second)).toEqual(names(first))
    expect(names(first)).toEqual([
      'conv1/kernel',
      'conv1/bias',
      'norm1/gamma',
      'norm1/beta',
      'norm1/moving_mean',
      'norm1/moving_variance',
      'fc1/kernel',
      'fc1/bias',
    ])
    const weights = namedWeights(first)
    expect(weights.map(({ trainable }) => trainable)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      true,
      true,
    ])
    expect(weights[0]!.layer).toBe('conv1')
    expect(weights[0]!.variable).toBe(first.layers[0]!.weights[0]!.read())
  })

  it('calls a layer without a name by its kind and its place', () => {
    const build = () =>
      tfl.sequential({
        layers: [tfl.layers.dense({ units: 2, inputShape: [3] }), tfl.layers.dense({ units: 1 })],
      })
    build()
    expect(names(build())).toEqual([
      'dense_1/kernel',
      'dense_1/bias',
      'dense_2/kernel',
      'dense_2/bias',
    ])
  })

  it('puts a model inside the model under its name', () => {
    const inner = tfl.sequential({
      name: 'encoder',
      layers: [tfl.layers.dense({ name: 'fc1', units: 2, inputShape: [3], useBias: false })],
    })
    const outer = tfl.sequential({
      layers: [inner, tfl.layers.dense({ name: 'fc1', units: 1, useBias: false })],
    })
    expect(names(outer)).toEqual(['encoder/fc1/kernel', 'fc1/kernel'])
  })

  it('names the weights of wrapped and recurrent layers apart', () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.bidirectional({
          name: 'both',
          layer: tfl.layers.lstm({
            units: 2,
            returnSequences: true,
            recurrentInitializer: 'glorotUniform',
          }),
          inputShape: [4, 3],
          mergeMode: 'concat',
        }),
        tfl.layers.timeDistributed({ name: 'each', layer: tfl.layers.dense({ units: 2 }) }),
      ],
    })
    const all = names(model)
    expect(new Set(all).size).toBe(all.length)
    expect(all).toHaveLength(model.weights.length)
  })

  it('lists the weights in the order of the layers', () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.dense({ name: 'a', units: 2, inputShape: [3] }),
        tfl.layers.dense({ name: 'b', units: 1 }),
      ],
    })
    expect(namedWeights(model).map(({ variable }) => variable.id)).toEqual(
      model.weights.map((weight) => weight.read().id),
    )
  })
})
