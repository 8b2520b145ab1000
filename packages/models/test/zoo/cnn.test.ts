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
    expect(shapes).toContainEqual(['pool1', null, 14, 14, 64])
  })

  it('says that images are too small to pool', () => {
    expect(() => CNN({ ...mnist, inputDims: [1, 1, 1] })).toThrow(
      'CNN: pool1: expected larger maps than it got, received [1, 1, 64]. ' +
        'Use larger images, or fewer layers that shrink them.',
    )
  })

  it.each([
    // Counted by hand: two convolutions of 3×3 a block, 7·7·64 values into the hidden layer.
    [{ numBlocks: 2 }, 640 + 3 * 36_928 + 7 * 7 * 64 * 128 + 128 + 1_290],
    [{ numBlocks: 4 }, 640 + 7 * 36_928 + 64 * 128 + 128 + 1_290],
    [{ batchNorm: true }, 1_644_618 + 2 * 128],
    [{ downsample: 'stride' }, 1_644_618],
    [{ residual: true }, 1_644_618 + 128],
    [{ residual: true, numBlocks: 2 }, 640 + 3 * 36_928 + 128 + 7 * 7 * 64 * 128 + 128 + 1_290],
    [{ residual: true, downsample: 'stride', batchNorm: true }, 1_644_618 + 128 + 3 * 128],
    [
      { convDim: 8, numBlocks: 2, channelGrowth: 4 },
      80 + 584 + 2_336 + 9_248 + 1568 * 128 + 128 + 1_290,
    ],
  ] as const)('grows by options: %j has %i parameters', (options, parameters) => {
    expect(summarize(CNN(mnist, options)).parameters).toBe(parameters)
  })

  it('keeps the memory of its maps when channels grow by 4 for each halving', () => {
    const model = CNN(mnist, { convDim: 2, numBlocks: 3, channelGrowth: 4 })
    const sizes = summarize(model)
      .layers.filter(({ name }) => /^conv/.test(name))
      .map(({ outputShape }) => outputShape.slice(1).reduce((a, b) => a! * b!, 1))
    expect(sizes).toEqual([1568, 1568, 1568, 1568, 1568, 1568])
  })
})
