import { layerSpecs, CNN, summarize } from '@ductus/models'
import { costOf, describeCost } from '@ductus/models/analysis'
import { models } from '@ductus/models/catalog'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { mnist, useReference } from './support.js'

beforeAll(useReference)

describe('layerSpecs', () => {
  it("has the multiply-accumulates of the lab's CNN", () => {
    const cost = costOf(layerSpecs(CNN(mnist)), mnist.inputDims)
    expect(
      cost.layers.map(({ name, macs }) => [name, macs]).filter(([, macs]) => macs !== 0),
    ).toEqual([
      ['conv1', 28 * 28 * 64 * 9],
      ['conv2', 28_901_376],
      ['fc1', 1_605_632],
      ['fc2', 1_280],
    ])
  })

  it.each(models)('has the parameters and shapes of $name', async (entry) => {
    const model = (await entry.load())(mnist)
    const cost = costOf(layerSpecs(model), mnist.inputDims)
    const { parameters, layers } = summarize(model)
    expect(cost.parameters).toBe(parameters)
    const shapes = new Map(layers.map(({ name, outputShape }) => [name, outputShape.slice(1)]))
    const known = cost.layers.filter(({ kind }) => kind !== 'windows')
    expect(known.length).toBeGreaterThan(3)
    for (const { name, outputShape } of known) {
      // A batch norm that adds a shortcut is two to the arithmetic: `name` and `name_sum`.
      const layer = shapes.has(name) ? name : name.replace(/_sum$/, '')
      expect(outputShape, name).toEqual(shapes.get(layer))
    }
  })

  it('counts stock layers without weights: shapes, no parameters, no multiplications', () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.zeroPadding2d({
          name: 'pad',
          padding: [
            [1, 2],
            [0, 3],
          ],
          inputShape: [8, 6, 2],
        }),
        tfl.layers.conv2d({ name: 'conv', filters: 4, kernelSize: 3, padding: 'same' }),
        tfl.layers.reLU({ name: 'relu' }),
        tfl.layers.leakyReLU({ name: 'leaky' }),
        tfl.layers.elu({ name: 'elu' }),
        tfl.layers.gaussianNoise({ name: 'noise', stddev: 1 }),
        tfl.layers.maxPooling2d({ name: 'pool', poolSize: 2, padding: 'same' }),
        tfl.layers.upSampling2d({ name: 'up', size: [2, 3] }),
        tfl.layers.flatten({ name: 'flatten' }),
        tfl.layers.dense({ name: 'fc', units: 3 }),
        tfl.layers.softmax({ name: 'softmax' }),
      ],
    })
    const cost = costOf(layerSpecs(model), [8, 6, 2])
    expect(cost.parameters).toBe(model.countParams())
    expect(cost.unknownMacs).toEqual([])
    for (const { name, outputShape } of cost.layers) {
      expect(outputShape, name).toEqual((model.getLayer(name).outputShape as number[]).slice(1))
    }
    const macs = Object.fromEntries(cost.layers.map((layer) => [layer.name, layer.macs]))
    expect(macs).toMatchObject({ pad: 0, relu: 0, leaky: 0, elu: 0, noise: 0, up: 0, softmax: 0 })
    expect(cost.macs).toBe(macs.conv! + macs.fc!)
    const fields = Object.fromEntries(cost.layers.map((each) => [each.name, each.receptiveField]))
    expect(fields.pad).toEqual({ size: [1, 1], stride: [1, 1], start: [-1, 0] })
    expect(fields.noise).toEqual({ size: [3, 3], stride: [1, 1], start: [-2, -1] })
    expect(describeCost(cost)).toMatch(/^up \(other\) .* unknown$/m)
  })

  it('counts an unknown layer with weights by its own numbers, and says that its cost is unknown', () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.separableConv2d({
          name: 'apart',
          filters: 5,
          kernelSize: 3,
          inputShape: [8, 8, 3],
        }),
        tfl.layers.prelu({ name: 'slopes' }),
        tfl.layers.flatten({ name: 'flatten' }),
        tfl.layers.dense({ name: 'fc', units: 2 }),
      ],
    })
    const cost = costOf(layerSpecs(model), [8, 8, 3])
    expect(cost.parameters).toBe(model.countParams())
    expect(cost.layers.map(({ parameterCount }) => parameterCount)).toEqual(
      model.layers.map((layer) => layer.countParams()),
    )
    expect(cost.unknownMacs).toEqual(['apart', 'slopes'])
    expect(cost.macs).toBe(6 * 6 * 5 * 2)
    expect(describeCost(cost)).toContain(
      'MACs        360 an image, and those of apart, slopes, which are unknown',
    )
  })
})
