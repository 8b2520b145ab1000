// Builds the addon that a published package carries: prebuilds/<platform>-<arch>/ductus.node, with the C++ runtime
// linked in, so that it needs nothing but the C library.
import { relative } from 'node:path'
import { buildAddon, isLoadable, prebuiltAddon } from './toolchain.mjs'

try {
  await buildAddon({ output: prebuiltAddon, staticRuntime: true })
  if (!(await isLoadable(prebuiltAddon))) throw new Error('the addon was built but does not load')
  console.log(relative(process.cwd(), prebuiltAddon))
} catch (error) {
  console.error(error.stderr || error.message)
  process.exitCode = 1
}
