import type { Tensor } from '@tensorflow/tfjs-core'
import type { StoredTensor } from './checkpoint-manifest.js'

/** A tensor to store, with its names. */
export interface NamedTensor {
  name: string
  slot?: string
  model?: string
  tensor: Pick<Tensor, 'shape' | 'dtype'> & {
    data(): Promise<Float32Array | Int32Array | Uint8Array>
  }
}

/** Values that a callback remembers, row-major. */
export interface StateTensor {
  shape: readonly number[]
  values: Float32Array | Int32Array
}

/** Makes a tensor to store of values. */
export function namedValues(name: string, { shape, values }: StateTensor): NamedTensor {
  const dtype = values instanceof Int32Array ? 'int32' : 'float32'
  return { name, tensor: { shape: [...shape], dtype, data: () => Promise.resolve(values) } }
}

/** Packs tensors into one file, in order, without blocking; gives the bytes and where each lies. */
export async function packTensors(
  tensors: readonly NamedTensor[],
): Promise<{ bytes: Uint8Array; stored: StoredTensor[] }> {
  const values = await Promise.all(tensors.map(({ tensor }) => tensor.data()))
  const bytes = new Uint8Array(values.reduce((total, array) => total + array.byteLength, 0))
  let offset = 0
  const stored = tensors.map(({ name, slot, model, tensor }, i): StoredTensor => {
    const array = values[i]!
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset)
    const entry: StoredTensor = {
      name,
      ...(slot === undefined ? {} : { slot }),
      ...(model === undefined ? {} : { model }),
      dtype: tensor.dtype === 'int32' ? 'int32' : 'float32',
      shape: [...tensor.shape],
      offset,
      length: array.byteLength,
    }
    offset += array.byteLength
    return entry
  })
  return { bytes, stored }
}

/** Reads one tensor's values out of a file's bytes. */
export function storedValues(bytes: Uint8Array, stored: StoredTensor): Float32Array | Int32Array {
  // A copy: tensors want their values aligned, and keep them.
  const copy = Uint8Array.from(bytes.subarray(stored.offset, stored.offset + stored.length)).buffer
  return stored.dtype === 'int32' ? new Int32Array(copy) : new Float32Array(copy)
}
