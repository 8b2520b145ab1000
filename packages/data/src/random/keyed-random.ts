import { hashKey, mix } from './hash-key.js'

/** Gives the next number of a stream, uniform in [0, 1). */
export type Random = () => number

/**
 * Makes a stream of uniform numbers in [0, 1) from a key: seed first, then what it is for.
 * Two streams of the same key are equal; nothing else moves them.
 */
export function keyedRandom(...key: readonly (number | string)[]): Random {
  const low = hashKey(...key)
  const high = hashKey('high', ...key)
  let counter = 0
  return () => {
    counter = (counter + 1) | 0
    return (mix(mix(low, counter), high) >>> 0) / 4294967296
  }
}

/** Draws an integer from 0 to `below` − 1. */
export function randomInteger(random: Random, below: number): number {
  return Math.floor(random() * below)
}
