import { mix } from './mix.js'

/**
 * Draws `length` values, uniform in [low, high), from a key of `hashKey`. Value i depends on the key and i alone.
 *
 * @returns 24 random bits each, rounded to float32
 */
export function uniformValues(
  key: number,
  length: number,
  low: number,
  high: number,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length)
  const step = (high - low) / 0x1000000
  for (let i = 0; i < length; i++) values[i] = low + step * (mix(key, i) >>> 8)
  return values
}
