import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { packageRoot } from './package-root.js'

/** Finds a folder of an installed npm package, from the user's project first, then from ours. */
export function npmFolder(name: string, folder: string): string | undefined {
  for (const from of [process.cwd(), packageRoot()]) {
    try {
      const manifest = createRequire(join(from, 'from.js')).resolve(`${name}/package.json`)
      return join(dirname(manifest), folder)
    } catch {
      continue
    }
  }
  return undefined
}
