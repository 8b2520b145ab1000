/** Numbers that depend on a name and their index: the formula of tools/make-fixtures.py. */
export function hashed(name: string, count: number): number[] {
  let key = 0x811c9dc5
  for (const byte of new TextEncoder().encode(name)) key = Math.imul(key ^ byte, 0x01000193)
  return Array.from({ length: count }, (_, i) => {
    let h = Math.imul(i, 0x9e3779b1) ^ key
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return (h ^ (h >>> 16)) >>> 0
  })
}

/** The same as numbers in [−1, 1). */
export function signedValues(name: string, count: number): Float32Array {
  return Float32Array.from(hashed(name, count), (value) => value / 2 ** 31 - 1)
}

/** A tensor of a state dict. */
export interface StateTensor {
  shape: number[]
  values: Float32Array
}

/** Fills a state dict of the given names and shapes as the fixtures do. */
export function stateDict(shapes: Readonly<Record<string, number[]>>): Map<string, StateTensor> {
  const norms = new Set(
    Object.keys(shapes)
      .filter((name) => name.endsWith('.running_var'))
      .map((name) => name.slice(0, -'.running_var'.length)),
  )
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const count = shape.reduce((a, b) => a * b, 1)
      const module = name.slice(0, name.lastIndexOf('.'))
      const values = signedValues(name, count)
      const scale = 1.5 / Math.sqrt(count / shape[0]!)
      if (norms.has(module) && /(weight|running_var)$/.test(name)) {
        return [name, { shape, values: values.map((value) => 1 + 0.5 * value) }]
      }
      const factor = name.endsWith('weight') ? scale : 0.2
      return [name, { shape, values: values.map((value) => Math.fround(value * factor)) }]
    }),
  )
}

/** Writes a state dict in the safetensors format, as PyTorch's own library lays it out. */
export function toFile(state: ReadonlyMap<string, StateTensor>): Uint8Array<ArrayBuffer> {
  let end = 0
  const header = Object.fromEntries(
    [...state].map(([name, { shape, values }]) => {
      const start = end
      end += values.byteLength
      return [name, { dtype: 'F32', shape, data_offsets: [start, end] }]
    }),
  )
  const text = new TextEncoder().encode(JSON.stringify(header))
  const file = new Uint8Array(8 + text.length + end)
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true)
  file.set(text, 8)
  let place = 8 + text.length
  for (const { values } of state.values()) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), place)
    place += values.byteLength
  }
  return file
}
