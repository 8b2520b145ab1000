import type { NumberArray } from '../datasets/array-dataset.js'

/** Gives the same numbers in memory that threads share; an array that is there already comes back as it is. */
export function shareArray<T extends NumberArray | Uint32Array>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array
  const Type = array.constructor as new (buffer: SharedArrayBuffer) => T
  const shared = new Type(new SharedArrayBuffer(array.byteLength))
  shared.set(array)
  return shared
}
