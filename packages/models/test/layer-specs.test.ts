import { layerSpecs, CNN, summarize } from '@ductus/models'
import { costOf } from '@ductus/models/analysis'
import { models } from '@ductus/models/catalog'
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
})
