import type { NumberArray } from '../datasets/array-dataset.js'

/** Gives the same numbers in memory that threads share; an array that is there already comes back as it is. */
export function shareArray<T extends NumberArray | Uint32Array>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array
  const shared = sharedLike(array, new SharedArrayBuffer(array.byteLength)) as T
  shared.set(array)
  return shared
}

/** Makes an array of the same kind of numbers; a Buffer, too, counts as bytes. */
function sharedLike(
  array: NumberArray | Uint32Array,
  buffer: SharedArrayBuffer,
): NumberArray | Uint32Array {
  if (array instanceof Uint8Array) return new Uint8Array(buffer)
  if (array instanceof Int32Array) return new Int32Array(buffer)
  if (array instanceof Uint32Array) return new Uint32Array(buffer)
  return new Float32Array(buffer)
}
