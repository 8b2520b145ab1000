import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Addon } from '../../native/addon.js'

/** Path of the addon that `native/build.mjs` makes. */
export const addonPath = fileURLToPath(new URL('../../native/build/ductus.node', import.meta.url))

export const hasAddon = existsSync(addonPath)
if (!hasAddon) console.warn(`Skipped: ${addonPath} is not built (node native/build.mjs)`)

/** Loads the addon. Where it is not built there is an empty one: the body of a skipped `describe` runs all the same. */
export function loadAddon(): Addon {
  if (!hasAddon) return {} as Addon
  return createRequire(import.meta.url)(addonPath) as Addon
}

/** Uniform values in [−1, 1) from a seed. */
export function randomFloats(length: number, seed: number): Float32Array {
  let state = seed >>> 0
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}
