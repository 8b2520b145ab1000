import { CNN, exportSafetensors, importSafetensors, MLP, modelInfo } from '@ductus/models'
import type * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectClose, mnist, useReference, waves } from '../support.js'
import { toFile, type StateTensor } from './torch-state.js'

beforeAll(useReference)

const small = { fc1: 4, fc2: 0, fcDropout: 0 } as const
const shapes = { 'fc1.weight': [4, 784], 'fc1.bias': [4], 'fc3.weight': [10, 4], 'fc3.bias': [10] }

function state(changes: Record<string, number[] | undefined> = {}): Map<string, StateTensor> {
  const entries = Object.entries({ ...shapes, ...changes }).filter(
    ([, shape]) => shape !== undefined,
  )
  return new Map(
    entries.map(([name, shape]) => {
      const count = shape.reduce((a, b) => a * b, 1)
      return [name, { shape: shape, values: new Float32Array(count).fill(0.5) }]
    }),
  )
}

describe('importSafetensors', () => {
  it('takes what exportSafetensors writes: another model with the same logits', async () => {
    const x = waves([2, 28, 28, 1])
    const options = { convDim: 3, fcDim: 8 }
    const [from, to] = [CNN(mnist, options, { seed: 1 }), CNN(mnist, options, { seed: 2 })]
    importSafetensors(to, await exportSafetensors(from))
    const logits = (model: typeof from) => (model.apply(x) as tf.Tensor).data()
    expectClose(await logits(to), await logits(from), { rtol: 0, atol: 0 })
  })

  it('knows layers by the names of another network', async () => {
    const names = { conv1: 'conv1.conv', conv2: 'conv2.conv' }
    const model = CNN(mnist, { convDim: 3, fcDim: 8 })
    const file = await exportSafetensors(model, { names })
    expect(new TextDecoder().decode(file.subarray(8, 400))).toContain('"conv1.conv.weight"')
    importSafetensors(model, file, { names })
    expect(() => {
      importSafetensors(model, file)
    }).toThrow('expected tensors of the model alone, received "conv1.conv.weight".')
  })

  it('says in the file which model it holds', async () => {
    const model = MLP(mnist, small)
    const file = await exportSafetensors(model)
    const length = Number(new DataView(file.buffer).getBigUint64(0, true))
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as object
    expect(length % 8).toBe(0)
    expect(header).toMatchObject({
      __metadata__: {
        format: 'pt',
        model: 'MLP',
        options: JSON.stringify(modelInfo(model).options),
      },
      'fc1.weight': { dtype: 'F32', shape: [4, 784] },
    })
  })

  it.each([
    [
      'a name that is missing',
      state({ 'fc3.bias': undefined }),
      'expected tensor "fc3.bias", received "fc1.bias"',
    ],
    [
      'a name left over',
      state({ 'fc9.bias': [10] }),
      'received "fc9.bias". Did you mean "fc1.bias"?',
    ],
    [
      'another shape',
      state({ 'fc1.weight': [5, 784] }),
      'expected tensor "fc1.weight" of shape [4, 784], received [5, 784]',
    ],
  ])('names the tensor: %s', (_, tensors, message) => {
    expect(() => {
      importSafetensors(MLP(mnist, small), toFile(tensors))
    }).toThrow(message)
  })

  it('passes over what PyTorch counts for batch norm', () => {
    importSafetensors(MLP(mnist, small), toFile(state({ 'bn.num_batches_tracked': [1] })))
  })

  it('names the tensor of another dtype', () => {
    const file = toFile(state())
    const text = new TextDecoder('latin1').decode(file).replace('"F32"', '"F16"')
    expect(() => {
      importSafetensors(
        MLP(mnist, small),
        Uint8Array.from(text, (byte) => byte.charCodeAt(0)),
      )
    }).toThrow(
      'expected tensor "fc1.weight" of dtype F32, received F16. Convert it by .float() before you save.',
    )
  })

  it.each([
    [4, 'expected a header of at least 8 bytes, received a file of 4'],
    [100, /expected a header of \d+ bytes, received a file of 100/],
    [
      9000,
      /expected tensor "fc1.weight" at bytes 0 to 12544, received a file that ends at byte \d+/,
    ],
  ])('says where a file is cut off: %i bytes', async (length, message) => {
    const model = MLP(mnist, small)
    const before = await model.getLayer('fc1').getWeights()[0]!.data()
    expect(() => {
      importSafetensors(model, toFile(state()).subarray(0, length))
    }).toThrow(message)
    expectClose(await model.getLayer('fc1').getWeights()[0]!.data(), before, { rtol: 0, atol: 0 })
  })

  it('refuses a file of another kind', () => {
    const file = new Uint8Array(64)
    file[0] = 8
    expect(() => {
      importSafetensors(MLP(mnist, small), file)
    }).toThrow('expected a header in JSON')
  })

  /** Changes the header of a file, its length kept by spaces. */
  function rewritten(
    change: (header: Record<string, { data_offsets: number[] }>) => void,
    more = 0,
  ) {
    const file = toFile(state())
    const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
    const text = new TextDecoder().decode(file.subarray(8, 8 + length))
    const header = JSON.parse(text) as Record<string, { data_offsets: number[] }>
    change(header)
    const result = new Uint8Array(file.length + more)
    result.set(file)
    result.fill(0x20, 8, 8 + length)
    result.set(new TextEncoder().encode(JSON.stringify(header)), 8)
    return result
  }

  it.each([
    [
      'bytes of two tensors',
      rewritten((header) => (header['fc3.bias']!.data_offsets = [0, 40])),
      /expected tensor "fc1.weight" from byte 40, where the one before ends, received byte 0, which is the other's/,
    ],
    [
      'bytes after the last',
      rewritten(() => undefined, 4),
      'to end with the file, received 4 bytes more',
    ],
    [
      'bytes of no tensor',
      rewritten((header) => (header['fc1.bias']!.data_offsets[0]! += 4)),
      'with a hole before it',
    ],
  ])('refuses %s', (_, file, message) => {
    expect(() => {
      importSafetensors(MLP(mnist, small), file)
    }).toThrow(message)
  })

  it.each([NaN, Infinity, -Infinity])('refuses %d, or takes it where told to', (value) => {
    const tensors = state()
    tensors.get('fc3.bias')!.values[7] = value
    const model = MLP(mnist, small)
    expect(() => {
      importSafetensors(model, toFile(tensors))
    }).toThrow(`expected finite numbers in tensor "fc3.bias", received ${value} at place 7`)
    importSafetensors(model, toFile(tensors), { nonFinite: 'take' })
    expect(model.getLayer('fc3').getWeights()[1]!.dataSync()[7]).toBe(value)
  })
})
