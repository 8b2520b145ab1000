import { dropoutMask, hashKey } from '@ductus/backend'
import { keyedLayers, through } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose, useReference } from '../support.js'

beforeAll(useReference)

const ones = () => tf.ones([4, 50])

function dropoutModel(seed = 1, name = 'drop'): tfl.LayersModel {
  const layers = keyedLayers(seed)
  const input = layers.input([50])
  return tfl.model({ inputs: input, outputs: through(input, layers.dropout({ name, rate: 0.4 })) })
}

async function run(model: tfl.LayersModel, options?: object): Promise<Float32Array> {
  return (await (model.apply(ones(), options) as tf.Tensor).data()) as Float32Array
}

describe('Dropout', () => {
  it('passes everything through when not training', async () => {
    expectClose(await run(dropoutModel()), new Float32Array(200).fill(1))
    expectClose(
      await run(dropoutModel(), { training: false, step: 3 }),
      new Float32Array(200).fill(1),
    )
  })

  it('drops by a mask that is a function of seed, layer, step, micro-batch and index', async () => {
    const y = await run(dropoutModel(), { training: true, step: 7, micro: 2 })
    const mask = dropoutMask(hashKey(1, 'dropout', 'drop', 'step', 7, 2), 0.4, 200)
    expectClose(
      y,
      Float32Array.from(mask, (kept) => kept / 0.6),
    )
    expect(y.filter((value) => value === 0).length).toBeGreaterThan(50)
  })

  it('repeats a step exactly, whatever came between', async () => {
    const model = dropoutModel()
    const options = { training: true, step: 5 }
    const first = await run(model, options)
    await run(model, { training: true, step: 6 })
    expectClose(await run(model, options), first, { rtol: 0, atol: 0 })
    expectClose(await run(dropoutModel(), options), first, { rtol: 0, atol: 0 })
  })

  it.each([
    ['step', () => run(dropoutModel(), { training: true, step: 6 })],
    ['micro-batch', () => run(dropoutModel(), { training: true, step: 5, micro: 1 })],
    ['layer', () => run(dropoutModel(1, 'other'), { training: true, step: 5 })],
    ['seed', () => run(dropoutModel(2), { training: true, step: 5 })],
  ])('draws another mask for another %s', async (_, other) => {
    const first = await run(dropoutModel(), { training: true, step: 5 })
    expect(await other()).not.toEqual(first)
  })

  it('hears of the step inside a model within a model', async () => {
    const layers = keyedLayers(1)
    const input = layers.input([50])
    const outer = tfl.model({ inputs: input, outputs: through(input, dropoutModel()) })
    const options = { training: true, step: 9, micro: 1 }
    expectClose(await run(outer, options), await run(dropoutModel(), options), { rtol: 0, atol: 0 })
  })

  it('draws a new mask at every call where nobody counts steps', async () => {
    const model = dropoutModel()
    const first = await run(model, { training: true })
    expect(await run(model, { training: true })).not.toEqual(first)
  })
})
