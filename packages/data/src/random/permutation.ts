import type { Random } from './keyed-random.js'

/** Puts 0 … length − 1 in a random order (Fisher–Yates). */
export function permutation(length: number, random: Random): Uint32Array {
  const order = new Uint32Array(length)
  for (let i = 0; i < length; i++) order[i] = i
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const kept = order[i] as number
    order[i] = order[j] as number
    order[j] = kept
  }
  return order
}
