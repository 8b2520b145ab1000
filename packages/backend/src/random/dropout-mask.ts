import { mix } from './mix.js'

/**
 * Says which elements dropout keeps: 1 kept, 0 dropped. Element i depends on `key` and i alone, and the native
 * engine has the same bits.
 *
 * @param rate share that is dropped, 0 to 1
 */
export function dropoutMask(key: number, rate: number, length: number): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(length)
  const dropped = Math.floor(rate * 0x1000000)
  for (let i = 0; i < length; i++) mask[i] = mix(key, i) >>> 8 >= dropped ? 1 : 0
  return mask
}
