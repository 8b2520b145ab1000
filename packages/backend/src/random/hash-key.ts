import { BackendError } from '../backend-error.js'
import { mix } from './mix.js'

const integerTag = 0x1b873593
const floatTag = 0x4cf5ad43
const stringTag = 0x2545f491

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/**
 * Hashes parts, such as a seed, a purpose and a step, to a key for the other random functions.
 *
 * The same parts give the same key on every machine and in every release. Order and type matter: `1` and `'1'`
 * are different parts. Numbers may be any but NaN; −0 counts as 0.
 *
 * @returns an unsigned 32-bit integer
 * @throws BackendError `INVALID_ARGUMENT` for NaN and for what is neither number nor string
 * @example
 * const key = hashKey(seed, 'dropout', 'conv1', step)
 */
export function hashKey(...parts: readonly (number | string)[]): number {
  let h = mix(0x6d756374, parts.length)
  for (const part of parts) {
    if (typeof part === 'string') h = hashString(h, part)
    else if (typeof part === 'number' && !Number.isNaN(part)) h = hashNumber(h, part)
    else {
      throw new BackendError(
        'INVALID_ARGUMENT',
        `hashKey: expected numbers and strings, received ${String(part)}. Leave it out or name it.`,
      )
    }
  }
  return h
}

function hashNumber(h: number, part: number): number {
  if ((part | 0) === part) return mix(h ^ integerTag, part)
  float[0] = part === 0 ? 0 : part
  return mix(mix(h ^ floatTag, words[0]!), words[1]!)
}

function hashString(h: number, part: string): number {
  h = mix(h ^ stringTag, part.length)
  for (let i = 0; i < part.length; i++) h = mix(h, part.charCodeAt(i))
  return h
}
