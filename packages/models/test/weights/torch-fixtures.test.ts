import { readdirSync, readFileSync } from 'node:fs'
import { softmaxCrossEntropy, updateAdam, updateSgd, useBackend } from '@ductus/backend'
import { exportSafetensors, importSafetensors, summarize, torchWeights } from '@ductus/models'
import { models } from '@ductus/models/catalog'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose } from '../support.js'
import { hashed, signedValues, stateDict, toFile } from './torch-state.js'

beforeAll(async () => {
  await useBackend('wasm', { threads: 1 })
})

interface Fixture {
  name: string
  model: string
  options: object
  inputDims: [number, number, number]
  outputDims: [number]
  loss: 'crossEntropy' | 'mse'
  classes: number
  batch: number
  optimizer: 'adam' | 'sgd'
  learningRate: number
  parameters: number
  shapes: Record<string, number[]>
  logits: number[]
  gradients: Record<string, { stride: number; values: number[] }>
  losses: number[]
  logitsAfter: number[]
}

const folder = new URL('../fixtures/', import.meta.url)
const fixtures = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Fixture)

async function build(fixture: Fixture): Promise<tfl.LayersModel> {
  const entry = models.find(({ name }) => name === fixture.model)!
  const { inputDims, outputDims, classes } = fixture
  const mapping = Array.from({ length: classes }, (_, i) => String(i))
  const model = (await entry.load())({ inputDims, outputDims, mapping }, fixture.options)
  importSafetensors(model, toFile(stateDict(fixture.shapes)))
  return model
}

function batchOf({
  name,
  batch,
  inputDims: [height, width, channels],
  outputDims,
  classes,
}: Fixture) {
  const torchOrder = [batch, channels, height, width]
  const values = signedValues(`${name}/input`, tf.util.sizeFromShape(torchOrder))
  const x = tf.transpose(
    tf.tensor(
      values.map((value) => (value + 1) / 2),
      torchOrder,
    ),
    [0, 2, 3, 1],
  )
  const labels = hashed(`${name}/labels`, batch * outputDims[0]).map((value) => value % classes)
  return { x, labels: tf.tensor1d(Int32Array.from(labels), 'int32') }
}

function lossOf({ loss, classes }: Fixture, outputs: tf.Tensor, labels: tf.Tensor1D): tf.Scalar {
  const rows = tf.reshape(outputs, [-1, classes])
  if (loss === 'crossEntropy') return tf.mean(softmaxCrossEntropy(rows, labels))
  const targets = tf.sub(tf.mul(tf.oneHot(labels, classes), 2), 1)
  return tf.mean(tf.square(tf.sub(rows, targets)))
}

describe.each(fixtures)('$name beside PyTorch', (fixture) => {
  it('has as many parameters', async () => {
    expect(summarize(await build(fixture)).parameters).toBe(fixture.parameters)
  })

  it("gives PyTorch's logits with PyTorch's weights", async () => {
    const model = await build(fixture)
    const { x } = batchOf(fixture)
    const logits = await (model.apply(x) as tf.Tensor).data()
    expectClose(logits, fixture.logits, { atol: 1e-5, rtol: 1e-5 })
  })

  it("has PyTorch's gradients, the losses of three steps, and the logits after them", async () => {
    const model = await build(fixture)
    const { x, labels } = batchOf(fixture)
    const weights = torchWeights(model).filter(({ weight }) => weight.trainable)
    const slots = weights.map(({ weight: { variable } }) => ({
      expAvg: tf.variable(tf.zerosLike(variable)),
      expAvgSq: tf.variable(tf.zerosLike(variable)),
    }))
    const losses: number[] = []
    for (let step = 1; step <= 3; step++) {
      const { value, grads } = tf.variableGrads(
        () => lossOf(fixture, model.apply(x, { training: true, step }) as tf.Tensor, labels),
        weights.map(({ weight }) => weight.variable),
      )
      losses.push((await value.data())[0]!)
      for (const [i, { name, weight, toTorch }] of weights.entries()) {
        const gradient = grads[weight.variable.name]!
        if (step === 1) {
          const ours = toTorch(await gradient.data())
          const { stride, values } = fixture.gradients[name]!
          const largest = Math.max(...values.map(Math.abs))
          const sampled = values.map((_, sample) => ours[sample * stride]!)
          // Beside the largest: what batch norm cancels is noise of rounding on both sides.
          expectClose(sampled, values, { rtol: 1e-3, atol: Math.max(5e-6, largest * 1e-3) })
        }
        const parameter = weight.variable
        const { learningRate } = fixture
        if (fixture.optimizer === 'sgd') updateSgd({ parameter, gradient, learningRate })
        else updateAdam({ parameter, gradient, ...slots[i]!, learningRate, step })
      }
    }
    expectClose(losses, fixture.losses, { rtol: 1e-4, atol: 1e-5 })
    const after = await (model.apply(x) as tf.Tensor).data()
    expectClose(after, fixture.logitsAfter, { rtol: 1e-3, atol: 1e-3 })
  })

  it("writes PyTorch's names, shapes and numbers", async () => {
    const file = toFile(stateDict(fixture.shapes))
    const exported = await exportSafetensors(await build(fixture))
    expect(tensorsOf(exported)).toEqual(tensorsOf(file))
  })
})

/** Reads a file's tensors by the format's own rule: eight bytes of length, JSON, numbers. */
function tensorsOf(file: Uint8Array): Record<string, { shape: number[]; values: number[] }> {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >
  delete header.__metadata__
  const start = 8 + length
  return Object.fromEntries(
    Object.entries(header).map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const bytes = file.slice(start + from, start + to)
        return [name, { shape, values: Array.from(new Float32Array(bytes.buffer)) }]
      },
    ),
  )
}
