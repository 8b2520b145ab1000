import { CNN, defineModel, isModelDefinition, modelInfo, through } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { expectClose, mnist, useReference, waves } from './support.js'

beforeAll(useReference)

const Tiny = defineModel({
  name: 'Tiny',
  summary: 'One hidden layer',
  source: 'a test',
  options: z.object({ units: z.int().min(1).default(4).describe('width of the hidden layer') }),
  build(config, { units }, { layers }) {
    const input = layers.input(config.inputDims)
    const logits = through(
      input,
      layers.flatten({ name: 'flatten' }),
      layers.dense({ name: 'fc1', units, activation: 'relu' }),
      layers.dense({ name: 'fc2', units: config.mapping.length }),
    )
    return tfl.model({ inputs: input, outputs: logits })
  },
})

describe('defineModel', () => {
  it('marks definitions and models by keys that every copy of the package shares', () => {
    const model = Tiny(mnist, { units: 3 }, { seed: 7 })
    expect(isModelDefinition(Tiny)).toBe(true)
    expect(isModelDefinition(() => model)).toBe(false)
    expect(Reflect.get(Tiny, Symbol.for('ductus.modelDefinition'))).toBe(true)
    const info = Reflect.get(model, Symbol.for('ductus.model')) as object
    expect(info).toBe(modelInfo(model))
    expect(info).toMatchObject({ name: 'Tiny', options: { units: 3 }, config: mnist, seed: 7 })
  })

  it('fills in defaults', () => {
    expect(modelInfo(Tiny(mnist)).options).toEqual({ units: 4 })
    expect(modelInfo(Tiny(mnist, { units: undefined })).options).toEqual({ units: 4 })
  })

  it('tells where the definition stands', () => {
    expect(Tiny.file).toMatch(/define-model\.test\.ts:\d+$/)
    expect(CNN.file).toBe('packages/models/src/zoo/cnn.ts')
  })

  it('says which option is unknown and which was meant', () => {
    expect(() => CNN(mnist, { convDm: 3 } as object)).toThrow(
      'CNN: unknown option "convDm". Did you mean convDim? Known: convDim, ',
    )
  })

  it('says what an option takes', () => {
    expect(() => Tiny(mnist, { units: 0 })).toThrow(
      'Tiny: expected option units to be at least 1, received 0. It is the width of the hidden layer.',
    )
    expect(() => Tiny(mnist, { units: 1.5 })).toThrow('units to be a whole number, received 1.5')
    expect(() => Tiny(mnist, { units: 'x' as never })).toThrow('units to be a number, received "x"')
  })

  it('says what a config must have', () => {
    expect(() => Tiny({ inputDims: [28, 28], mapping: ['a'] })).toThrow(
      'Tiny: expected inputDims as [height, width, channels], received [28,28]',
    )
    expect(() => Tiny({ inputDims: [2, 2, 1] } as never)).toThrow(
      "Tiny: expected mapping as the list of the classes' names, received nothing",
    )
  })

  it('says which images a model expects', () => {
    expect(() => CNN(mnist, { convDim: 2 }).apply(tf.zeros([2, 14, 14, 1]))).toThrow(
      'CNN: expected images [batch, 28, 28, 1], received [2, 14, 14, 1].',
    )
  })

  it('refuses layers that tf.layers would name by counting', () => {
    const Nameless = defineModel({
      name: 'Nameless',
      summary: '',
      source: '',
      options: z.object({}),
      build(config) {
        const input = tfl.input({ shape: [...config.inputDims], name: 'input' })
        const output = tfl.layers.flatten().apply(input) as tfl.SymbolicTensor
        return tfl.model({ inputs: input, outputs: output })
      },
    })
    expect(() => Nameless(mnist)).toThrow(
      'Nameless: expected every layer to have a name of its own, received a Flatten without one.',
    )
  })

  it('draws the same weights from the same seed and others from another', async () => {
    const logits = async (seed: number) =>
      (Tiny(mnist, {}, { seed }).apply(waves([2, 28, 28, 1])) as tf.Tensor).data()
    const first = await logits(1)
    expectClose(await logits(1), first, { rtol: 0, atol: 0 })
    expect(Math.abs((await logits(2))[0]! - first[0]!)).toBeGreaterThan(1e-4)
  })

  it('leaves no tensors behind but the weights, and none after dispose', () => {
    const before = tf.memory().numTensors
    const model = Tiny(mnist)
    expect(tf.memory().numTensors - before).toBe(4)
    model.dispose()
    expect(tf.memory().numTensors - before).toBe(0)
  })
})
