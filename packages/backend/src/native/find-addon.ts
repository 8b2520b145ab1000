import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ownRequire } from '../own-require.js'
import {
  binaryPlatforms,
  hasOldGlibc,
  oldestGlibc,
  platformOf,
  thisMachine,
  type Machine,
} from './machine.js'
import { addCommand } from './package-manager.js'

export interface AddonFile {
  path: string
  /** Whether a platform's package has it, or a compiler made it in the repository. */
  origin: 'prebuilt' | 'built'
}

/**
 * Finds the addon's binary: in the package for this platform, an optional dependency of this one, else where a compiler
 * builds it in the repository. Where there is none, says why and what to do.
 */
export function findAddon(machine: Machine = thisMachine()): AddonFile | { reason: string } {
  const prebuilt = hasOldGlibc(machine) ? undefined : prebuiltAddon(platformOf(machine))
  if (prebuilt) return { path: prebuilt, origin: 'prebuilt' }
  const { folder, version } = ownPackage()
  const built = join(folder, 'native', 'build', 'ductus.node')
  if (existsSync(built)) return { path: built, origin: 'built' }
  const inRepository = existsSync(join(folder, 'native', 'build.mjs'))
  return { reason: inRepository ? notBuilt : whyMissing(machine, version) }
}

const notBuilt =
  'the engine is not built here: install a C++ compiler (g++ or clang++), then run npm run setup'

/** Says why no platform's package serves a machine, and the command that mends it where one does. */
export function whyMissing(machine: Machine, version: string): string {
  const platform = platformOf(machine)
  if (!binaryPlatforms.includes(platform)) {
    return `there is no package with a binary for ${platform}, only for ${binaryPlatforms.join(', ')}`
  }
  if (hasOldGlibc(machine)) {
    return `this system's glibc ${machine.glibc} is too old, its binary needs ${oldestGlibc} or later (Debian 10, Ubuntu 20.04, RHEL 8)`
  }
  const name = packageOf(platform)
  return `${name} is not installed (optional dependencies were left out): run ${addCommand(`${name}@${version}`)}`
}

const packageOf = (platform: string): string => `@ductus/backend-${platform}`

function prebuiltAddon(platform: string): string | undefined {
  try {
    return ownRequire().resolve(packageOf(platform))
  } catch {
    return undefined
  }
}

/** This package: the source and both builds lie at different depths in it. */
function ownPackage(): { folder: string; version: string } {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) {
      const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
      if (name === '@ductus/backend') return { folder, version: version! }
    }
    const parent = dirname(folder)
    if (parent === folder) return { folder, version: 'latest' }
    folder = parent
  }
}
