// Builds the addon into build/ductus.node: `node native/build.mjs [--clean]`
import { relative } from 'node:path'
import { buildAddon, builtAddon, clean, isLoadable } from './toolchain.mjs'

if (process.argv.includes('--clean')) await clean()
const start = performance.now()
try {
  const compiled = await buildAddon()
  if (!(await isLoadable(builtAddon))) throw new Error('the addon was built but does not load')
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${relative(process.cwd(), builtAddon)}: ${compiled} files compiled in ${seconds} s`)
} catch (error) {
  console.error(error.stderr || error.message)
  process.exitCode = 1
}
