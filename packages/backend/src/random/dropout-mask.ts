import { mix } from './mix.js'

/**
 * Says which elements dropout keeps: 1 kept, 0 dropped. Element i depends on `key` and i alone, and the native
 * engine has the same bits.
 *
 * @param rate share that is dropped, 0 to 1
 * @param first index of the first element. Defaults to 0.
 */
export function dropoutMask(
  key: number,
  rate: number,
  length: number,
  first = 0,
): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(length)
  const dropped = Math.floor(rate * 0x1000000)
  for (let i = 0; i < length; i++) mask[i] = mix(key, first + i) >>> 8 >= dropped ? 1 : 0
  return mask
}
