// Builds the addon for the repository's set-up (tools/setup.mjs), or says in one line what follows where it can't: `wasm` will
// do. Packages carry binaries instead, and have no install script.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildAddon, buildDir, builtAddon, isLoadable } from './toolchain.mjs'

async function install() {
  try {
    await buildAddon()
    if (await isLoadable(builtAddon)) return
    throw new Error('the addon was built but does not load')
  } catch (error) {
    // Without a compiler, what was built here before still serves.
    if (!error.stderr && (await isLoadable(builtAddon))) return
    let reason = error.message
    if (error.stderr) {
      const log = join(buildDir, 'error.log')
      await mkdir(buildDir, { recursive: true })
      await writeFile(log, error.stderr)
      reason = `the native addon could not be compiled, see ${log}`
    } else if (error.code === 'MODULE_NOT_FOUND') {
      reason = 'node-api-headers is not installed'
    }
    console.log(`@ductus/backend: ${reason}; the wasm backend will be used.`)
  }
}

await install().catch((error) =>
  console.log(`@ductus/backend: ${error.message}; the wasm backend will be used.`),
)
