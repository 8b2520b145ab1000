import { ModelError } from '../model-error.js'

/** A tensor of a file in the safetensors format. */
export interface FileTensor {
  /** `F32`, `I64` and so on. */
  readonly dtype: string
  readonly shape: readonly number[]
  /** Its bytes, little-endian, row by row. */
  readonly bytes: Uint8Array
}

interface HeaderEntry {
  dtype: string
  shape: number[]
  data_offsets: [number, number]
}

/**
 * Writes tensors of float32 in the safetensors format: the header's length, the header as JSON, the numbers.
 *
 * @see https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors(
  tensors: readonly { name: string; shape: readonly number[]; values: Float32Array }[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let end = 0
  for (const { name, shape, values } of tensors) {
    const start = end
    end += values.byteLength
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] }
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  // Spaces bring the numbers to a multiple of 8, as the format advises.
  const headerLength = Math.ceil(text.length / 8) * 8
  const file = new Uint8Array(8 + headerLength + end)
  const view = new DataView(file.buffer)
  view.setBigUint64(0, BigInt(headerLength), true)
  file.fill(0x20, 8, 8 + headerLength)
  file.set(text, 8)
  let place = 8 + headerLength
  for (const { values } of tensors) {
    for (let i = 0; i < values.length; i++) view.setFloat32(place + 4 * i, values[i]!, true)
    place += values.byteLength
  }
  return file
}

/**
 * Reads a file in the safetensors format.
 *
 * @throws ModelError `BAD_FILE` for a truncated or damaged file, and for bytes that belong to no tensor or to two; it names the tensor
 * where one is hit
 */
export function decodeSafetensors(file: Uint8Array): Map<string, FileTensor> {
  const header = readHeader(file)
  const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  const tensors = new Map<string, FileTensor>()
  const places: { name: string; from: number; to: number }[] = []
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<HeaderEntry>
    if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
      throw broken(`tensor "${name}" with dtype, shape and data_offsets`, JSON.stringify(entry))
    }
    const [from, to] = offsets
    if (from > to || start + to > file.length) {
      throw broken(
        `tensor "${name}" at bytes ${from} to ${to}`,
        `a file that ends at byte ${file.length - start}`,
      )
    }
    places.push({ name, from, to })
    tensors.set(name, { dtype, shape, bytes: file.subarray(start + from, start + to) })
  }
  checkPlaces(places, file.length - start)
  return tensors
}

/** As the format demands, tensors lie one after the other: no byte is two's, none is nobody's. */
function checkPlaces(places: { name: string; from: number; to: number }[], length: number): void {
  let end = 0
  for (const { name, from, to } of places.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) {
      throw broken(
        `tensor "${name}" from byte ${end}, where the one before ends`,
        from < end ? `byte ${from}, which is the other's` : `byte ${from}, with a hole before it`,
      )
    }
    end = to
  }
  if (end !== length) {
    throw broken(`the last tensor to end with the file`, `${length - end} bytes more`)
  }
}

/** Reads a tensor's numbers. */
export function floatsOf({ bytes }: FileTensor): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true))
}

function readHeader(file: Uint8Array): Record<string, unknown> {
  if (file.length < 8) throw broken('a header of at least 8 bytes', `a file of ${file.length}`)
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true)
  if (BigInt(file.length) < 8n + length) {
    throw broken(`a header of ${length} bytes`, `a file of ${file.length}`)
  }
  const text = new TextDecoder().decode(file.subarray(8, 8 + Number(length)))
  try {
    const header: unknown = JSON.parse(text)
    if (typeof header === 'object' && header !== null) return header as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw broken('a header in JSON', text.slice(0, 40))
}

function isSizes(value: unknown): value is number[] {
  return (
    Array.isArray(value) && value.every((size) => Number.isInteger(size) && (size as number) >= 0)
  )
}

function broken(expected: string, received: string): ModelError {
  return new ModelError(
    'BAD_FILE',
    `safetensors: expected ${expected}, received ${received}. The file is truncated, damaged or of another format.`,
  )
}
