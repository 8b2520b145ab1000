import { CNN, exportTfjs, LineCNNSimple } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose, mnist, useReference, waves } from '../support.js'

beforeAll(useReference)

/** Serves files from memory as fetch would. */
function memory(files: Awaited<ReturnType<typeof exportTfjs>>): tf.io.IOHandler {
  return tf.io.http('memory/model.json', {
    fetchFunc: (input) => {
      const name = (input instanceof Request ? input.url : input.toString()).split('/').at(-1)
      const json = name === 'model.json'
      const body = json ? files['model.json'] : new Blob([Uint8Array.from(files['weights.bin'])])
      const type = json ? 'application/json' : 'application/octet-stream'
      return Promise.resolve(new Response(body, { headers: { 'content-type': type } }))
    },
  })
}

describe('exportTfjs', () => {
  it('writes files that plain TensorFlow.js opens', async () => {
    const options = { convDim: 3, fcDim: 8, residual: true, batchNorm: true } as const
    const line = { ...mnist, inputDims: [28, 68, 1], outputDims: [3] }
    const cases = [
      CNN(mnist, options),
      LineCNNSimple(line, { convDim: 2, fcDim: 4, windowStride: 20 }),
    ]
    for (const model of cases) {
      const x = waves([2, ...model.inputs[0]!.shape.slice(1)] as number[])
      model.apply(x, { training: true, step: 0 })
      const plain = await tfl.loadLayersModel(memory(await exportTfjs(model)))
      expectClose(
        await (plain.predict(x) as tf.Tensor).data(),
        await (model.apply(x) as tf.Tensor).data(),
      )
      expect(plain.getUserDefinedMetadata()).toMatchObject({ mapping: mnist.mapping })
    }
  })

  it('leaves models without a definition to tf.layers', async () => {
    const input = tfl.input({ shape: [2], name: 'input' })
    const output = tfl.layers.dense({ units: 1, name: 'd' }).apply(input) as tfl.SymbolicTensor
    await expect(
      exportTfjs(tfl.model({ inputs: input, outputs: output, name: 'plain' })),
    ).rejects.toThrow('expected a model made by a definition, received the plain model "plain"')
  })
})
