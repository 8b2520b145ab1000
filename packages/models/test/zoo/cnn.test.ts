import { CNN, summarize } from '@ductus/models'
import { beforeAll, describe, expect, it } from 'vitest'
import { mnist, useReference } from '../support.js'

beforeAll(useReference)

describe('CNN', () => {
  it('has the 1,644,618 parameters of the lab on MNIST', () => {
    expect(summarize(CNN(mnist)).parameters).toBe(1_644_618)
  })

  it('has the tensors of the lab on EMNIST, with its 83 characters', () => {
    const mapping = Array.from({ length: 83 }, (_, i) => String(i))
    const { layers, parameters } = summarize(CNN({ ...mnist, mapping }))
    const counts = layers.flatMap((layer) => layer.parameters.map(({ count }) => count))
    expect(counts).toEqual([576, 64, 36_864, 64, 1_605_632, 128, 10_624, 83])
    expect(parameters).toBe(1_654_035)
  })

  it('gives logits [batch, classes]', () => {
    expect(CNN(mnist).outputs[0]!.shape).toEqual([null, 10])
  })

  it('keeps maps at 28×28 until the pooling', () => {
    const shapes = summarize(CNN(mnist)).layers.map(({ name, outputShape }) => [
      name,
      ...outputShape,
    ])
    expect(shapes).toContainEqual(['conv2', null, 28, 28, 64])
    expect(shapes).toContainEqual(['pool', null, 14, 14, 64])
  })

  it('says that images are too small to pool', () => {
    expect(() => CNN({ ...mnist, inputDims: [1, 1, 1] })).toThrow(
      'CNN: pool: expected larger maps than it got, received [1, 1, 64]. ' +
        'Use larger images, or fewer layers that shrink them.',
    )
  })
})
