const encoder = new TextEncoder()

/** One field of a protobuf message, as bytes. */
export type Field = Uint8Array

/** A field of an integer (wire type 0). */
export function integerField(number: number, value: number): Field {
  return joined([varint(number << 3), varint(value)])
}

/** A field of a double (wire type 1). */
export function doubleField(number: number, value: number): Field {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value, true)
  return joined([varint((number << 3) | 1), bytes])
}

/** A field of a float (wire type 5). */
export function floatField(number: number, value: number): Field {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return joined([varint((number << 3) | 5), bytes])
}

/** A field of bytes, text or a message (wire type 2). */
export function bytesField(number: number, value: Uint8Array | string): Field {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value
  return joined([varint((number << 3) | 2), varint(bytes.length), bytes])
}

/** A packed field of doubles. */
export function doublesField(number: number, values: ArrayLike<number>): Field {
  const bytes = new Uint8Array(8 * values.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < values.length; i++) view.setFloat64(8 * i, values[i]!, true)
  return bytesField(number, bytes)
}

/** A message of fields. */
export function message(...fields: readonly Field[]): Uint8Array {
  return joined(fields)
}

/** Not negative, up to 2^53. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}
