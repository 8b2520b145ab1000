import { namedWeights, variableGrads } from '@ductus/backend'
import { CNN, LineCNN, LineCNNSimple, summarize, Windowed, type CNNOptions } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose, mnist, useReference, waves } from '../support.js'

beforeAll(useReference)

/** A line of `length` characters, `width` pixels wide. */
const line = (length: number, width = length * 28) => ({
  ...mnist,
  inputDims: [28, width, 1],
  outputDims: [length],
})
const small = { convDim: 2, fcDim: 8 } as const

describe('LineCNNSimple', () => {
  it('has the parameters of the CNN and a window a character', () => {
    const model = LineCNNSimple(line(32))
    expect(summarize(model).parameters).toBe(1_644_618)
    expect(model.outputs[0]!.shape).toEqual([null, 32, 10])
  })

  it('reads each window as the CNN does', async () => {
    const config = line(3, 68)
    const model = LineCNNSimple(config, { ...small, windowStride: 20 })
    const x = waves([2, 28, 68, 1]) as tf.Tensor4D
    const cnn = CNN(mnist, small)
    const windows = [0, 20, 40].map((left) => {
      const window = tf.slice(x, [0, 0, left, 0], [-1, -1, 28, -1])
      return cnn.apply(window) as tf.Tensor
    })
    const expected = tf.stack(windows, 1)
    const actual = model.apply(x) as tf.Tensor
    expect(actual.shape).toEqual([2, 3, 10])
    expectClose(await actual.data(), await expected.data(), { atol: 1e-5 })
  })

  it('gives the same in chunks, which bound its memory', async () => {
    const input = tfl.input({ shape: [28, 140, 1], name: 'input' })
    const run = async (chunk: number) => {
      const windowed = new Windowed({
        name: 'w',
        model: CNN(mnist, small),
        width: 28,
        stride: 28,
        chunk,
      })
      windowed.apply(input)
      return (windowed.apply(waves([3, 28, 140, 1])) as tf.Tensor).data()
    }
    expectClose(await run(4), await run(256), { atol: 1e-6 })
  })

  describe('training in chunks', () => {
    const training = { training: true, step: 3 }

    /** Trains windows of two lines by a model, and tells how many it got at a time. */
    const train = (trainChunk: number, options: object, inner: Partial<CNNOptions> = {}) => {
      const model = CNN(mnist, { ...small, fcDropout: 0.5, ...inner })
      const seen: number[] = []
      const first = model.layers[1]!
      const call = first.call.bind(first)
      first.call = (x, given) => {
        seen.push((x as tf.Tensor[])[0]!.shape[0])
        return call(x, given)
      }
      const windowed = new Windowed({ name: 'w', model, width: 28, stride: 28, trainChunk })
      windowed.apply(tfl.input({ shape: [28, 84, 1] }))
      seen.length = 0
      const weights = namedWeights(model).filter(({ trainable }) => trainable)
      const before = tf.memory().numTensors
      const result = tf.tidy(() => {
        const { value, grads } = variableGrads(
          () => {
            const y = windowed.apply(waves([2, 28, 84, 1]), options) as tf.Tensor
            return tf.sum<tf.Scalar>(tf.mul(y, waves(y.shape, 1)))
          },
          weights.map(({ variable }) => variable),
        )
        const gradients = weights.map(({ variable }) => grads[variable.name]!.dataSync())
        return { loss: value.dataSync()[0]!, gradients }
      })
      expect(tf.memory().numTensors).toBe(before)
      return { ...result, seen }
    }

    it('comes to the same as all at once, masks of dropout included, for a forward pass more', () => {
      const whole = train(1024, training)
      const cut = train(4, training)
      expect(whole.seen).toEqual([6])
      expect(cut.seen).toEqual([4, 2, 4, 2])
      expectClose([cut.loss], [whole.loss])
      cut.gradients.forEach((each, i) => {
        expectClose(each, whole.gradients[i]!, { rtol: 1e-5, atol: 1e-6 })
      })
    })

    it.each([
      ['batch norm, whose statistics are of all windows', { batchNorm: true }, training],
      ['masks that nobody numbers', {}, { training: true }],
    ])('leaves whole what has %s', (_, inner, options) => {
      const cut = train(4, options, inner)
      expect(cut.seen).toEqual([6])
      expect(cut.gradients).toEqual(train(1024, options, inner).gradients)
    })

    it('is an option of the model', () => {
      const windows = (options: object) =>
        LineCNNSimple(line(2), { ...small, ...options }).getLayer('windows') as Windowed
      expect(windows({}).trainChunk).toBe(1024)
      expect(windows({ windowsAtOnce: 100 }).trainChunk).toBe(100)
    })
  })

  it.each([
    [
      line(5, 112),
      {},
      'as many windows as a line has characters, 5, received 4 (limitOutputLength is false). Use a smaller',
    ],
    [
      line(3, 112),
      {},
      '3, received 4 (limitOutputLength is false). Set limitOutputLength to leave the rest out.',
    ],
    [
      line(5, 112),
      { limitOutputLength: true },
      '5, received 4 (limitOutputLength is true). Use a smaller windowStride',
    ],
    [line(1, 20), {}, "windowWidth of at most the line's 20 pixels, received 28"],
  ])('says how windows and characters must meet', (config, options, message) => {
    expect(() => LineCNNSimple(config, { ...small, ...options })).toThrow(message)
  })

  it('leaves windows beyond the longest line out when told to', () => {
    const model = LineCNNSimple(line(3, 112), { ...small, limitOutputLength: true })
    expect(model.outputs[0]!.shape).toEqual([null, 3, 10])
  })

  it('names its weights and trains them', () => {
    const model = LineCNNSimple(line(2), small)
    const weights = namedWeights(model)
    expect(weights.map(({ name }) => name)).toContain('windows/conv1/kernel')
    expect(model.trainableWeights).toHaveLength(8)
    const x = waves([2, 28, 56, 1])
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const { grads } = tf.variableGrads(
        () =>
          tf.sum<tf.Scalar>(tf.square(model.apply(x, { training: true, step: 1 }) as tf.Tensor)),
        weights.map(({ variable }) => variable),
      )
      expect(
        Object.values(grads).every((gradient) => tf.max(tf.abs(gradient)).dataSync()[0]! > 0),
      ).toBe(true)
    })
    expect(tf.memory().numTensors).toBe(before)
  })

  it('freezes and lets go of its weights', () => {
    const before = tf.memory().numTensors
    const model = LineCNNSimple(line(2), small)
    model.getLayer('windows').trainable = false
    expect(model.trainableWeights).toHaveLength(0)
    model.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('LineCNN', () => {
  it('sees a window every 8 pixels, 16 wide', () => {
    const model = LineCNN(line(32, 896), { convDim: 2, fcDim: 8 })
    expect(model.outputs[0]!.shape).toEqual([null, 111, 10])
  })

  it('has eight convolutions of 3×3 and one over windows of full height', () => {
    const { layers } = summarize(LineCNN(line(3)))
    const kernels = layers.flatMap(({ kind, parameters }) =>
      /Conv/.test(kind) ? [parameters[0]!.shape] : [],
    )
    expect(kernels).toEqual([
      [3, 3, 1, 32],
      [3, 3, 32, 32],
      [3, 3, 32, 32],
      [3, 3, 32, 32],
      [3, 3, 32, 64],
      [3, 3, 64, 64],
      [3, 3, 64, 128],
      [3, 3, 128, 128],
      [3, 2, 128, 512],
    ])
  })

  it('keeps a line visible through all its layers from the start, but not as PyTorch starts', async () => {
    const spread = async (init: 'he' | 'torch') => {
      const model = LineCNN(line(4), { init })
      const outputs = model.apply(waves([1, 28, 112, 1])) as tf.Tensor
      const steps = tf.sub(outputs, tf.mean(outputs, 1, true))
      return (await tf.sqrt(tf.mean(tf.square(steps))).data())[0]!
    }
    expect(await spread('he')).toBeGreaterThan(0.1)
    expect(await spread('torch')).toBeLessThan(0.001)
  })

  it('leaves windows out only when told to and never has too few', () => {
    const shape = (length: number) =>
      LineCNN(line(length, 84), { ...small, limitOutputLength: true }).outputs[0]!.shape
    expect(shape(3)).toEqual([null, 3, 10])
    expect(() => shape(50)).toThrow(
      'LineCNN: expected at least as many windows as a line has characters, 50, received 10.',
    )
  })

  it('says what windows can be', () => {
    expect(() => LineCNN(line(3), { windowWidth: 12 })).toThrow('option windowWidth to be')
  })
})
