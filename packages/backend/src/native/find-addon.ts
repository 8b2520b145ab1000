import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface AddonFile {
  path: string
  /** Whether the package carried it or the machine's compiler made it. */
  origin: 'prebuilt' | 'built'
}

/** Finds the addon's binary in this package: one for this platform that was packed with it, else one built here. */
export function findAddon(): AddonFile | undefined {
  const root = packageRoot()
  const prebuilt = join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'ductus.node')
  if (existsSync(prebuilt)) return { path: prebuilt, origin: 'prebuilt' }
  const built = join(root, 'native', 'build', 'ductus.node')
  return existsSync(built) ? { path: built, origin: 'built' } : undefined
}

/** This package's folder: the source and both builds lie at different depths in it. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!isOurs(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) return folder
    folder = parent
  }
  return folder
}

function isOurs(file: string): boolean {
  if (!existsSync(file)) return false
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === '@ductus/backend'
}
