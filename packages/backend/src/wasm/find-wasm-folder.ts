import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

const binary = 'tfjs-backend-wasm-simd.wasm'

/**
 * Finds the folder of TensorFlow.js' `.wasm` files in the installed package, ending in a separator. Looks from this
 * module, then from the program's main file and the working folder: the first fails where this package was bundled
 * into another place.
 */
export function findWasmFolder(): string | undefined {
  const bases = [import.meta.url, process.argv[1], join(process.cwd(), 'index.js')]
  for (const base of bases) {
    if (!base) continue
    const folder = resolveFrom(base)
    if (folder && existsSync(join(folder, binary))) return folder + sep
  }
  return undefined
}

function resolveFrom(base: string): string | undefined {
  try {
    const url = base.startsWith('file:') ? base : pathToFileURL(base)
    return join(
      dirname(createRequire(url).resolve('@tensorflow/tfjs-backend-wasm/package.json')),
      'dist',
    )
  } catch {
    return undefined
  }
}
