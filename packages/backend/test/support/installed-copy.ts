import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const { resolve } = createRequire(import.meta.url)
const source = fileURLToPath(new URL('../../src/index.ts', import.meta.url))
const folderOf = (name: string) => dirname(resolve(`${name}/package.json`))

/** A folder with this package as its users have it: built, beside the packages it needs. */
export interface Installed {
  folder: string
  /** Adds a package of one file to its node_modules. */
  addPackage(name: string, source: string): Promise<void>
  /** Adds a real copy of a package that is installed here. */
  copyPackage(name: string): Promise<string>
  write(file: string, text: string): Promise<string>
  remove(): Promise<void>
}

export async function installedCopy(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'ductus-backend-'))
  const modules = join(folder, 'node_modules')
  const own = join(modules, '@ductus/backend')
  await mkdir(join(modules, '@tensorflow'), { recursive: true })
  for (const name of ['core', 'layers', 'backend-cpu', 'backend-wasm']) {
    await symlink(folderOf(`@tensorflow/tfjs-${name}`), join(modules, `@tensorflow/tfjs-${name}`))
  }
  const common = { bundle: true, packages: 'external', platform: 'node', target: 'node20' } as const
  const entryPoints = [source]
  await build({ ...common, entryPoints, format: 'esm', outfile: join(own, 'index.js') })
  await build({
    ...common,
    entryPoints,
    format: 'cjs',
    outfile: join(own, 'index.cjs'),
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  })
  const exports = { '.': { import: './index.js', require: './index.cjs' } }
  await writeFile(
    join(own, 'package.json'),
    JSON.stringify({ name: '@ductus/backend', version: '0.0.0', type: 'module', exports }),
  )
  return {
    folder,
    async addPackage(name, text) {
      await mkdir(join(modules, name), { recursive: true })
      await writeFile(
        join(modules, name, 'package.json'),
        JSON.stringify({ name, main: 'index.js' }),
      )
      await writeFile(join(modules, name, 'index.js'), text)
    },
    async copyPackage(name) {
      const target = join(modules, 'elsewhere', 'node_modules', name)
      await cp(folderOf(name), target, { recursive: true })
      return target
    },
    async write(file, text) {
      await writeFile(join(folder, file), text)
      return join(folder, file)
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
