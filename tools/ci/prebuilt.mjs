// A package with this platform's binary needs no compiler and no install script: `npm run prebuild`, pack, install the
// tarballs in an empty folder with a PATH of only node and sh and all scripts off, and train a step on `native`. Without the
// optional dependency, doctor says so and names the command that mends it.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostPlatform, packageName } from '../../packages/backend/native/platforms.mjs'
import { run } from '../outside/run-command.mjs'
import { packPackages } from '../release/pack-packages.mjs'
import { build, root } from '../setup.mjs'

const train = `
import * as tf from '@tensorflow/tfjs-core'
import { conv2d, useBackend } from '@ductus/backend'
const { name, description } = await useBackend('auto')
const x = tf.ones([1, 4, 4, 1])
const gradient = tf.grad((filter) => tf.sum(conv2d(x, filter, { padding: 1 })))(tf.ones([3, 3, 1, 1]))
console.log(JSON.stringify({ name, description, centre: gradient.dataSync()[4] }))
`
const backends = `
import { listBackends } from '@ductus/backend'
console.log(JSON.stringify((await listBackends()).find(({ name }) => name === 'native')))
`

const platform = hostPlatform()
const own = packageName(platform)
build()
run('npm', ['run', 'prebuild', '--', platform], join(root, 'packages', 'backend'), {
  timeout: 1_200_000,
})
const scratch = mkdtempSync(join(tmpdir(), 'ductus-prebuilt-'))
const tarballs = packPackages(join(scratch, 'tarballs'))
const bin = join(scratch, 'bin')
mkdirSync(bin)
symlinkSync(process.execPath, join(bin, 'node'))
symlinkSync('/bin/sh', join(bin, 'sh'))
const npm = realpathSync(run('sh', ['-c', 'command -v npm'], root).stdout.trim())
const env = { ...process.env, PATH: bin }
delete env.CXX

let failed = 0
let passed = 0
function check(what, fine, seen) {
  if (fine) passed++
  else failed++
  console.log(`${fine ? 'ok  ' : 'FAIL'} ${what}: ${JSON.stringify(seen)}`)
}

/** An empty folder with `@ductus/backend` from its tarball. Platforms' packages that are not given are looked for in vain. */
function install(name, { overrides = {}, args = [] }) {
  const folder = join(scratch, name)
  mkdirSync(folder)
  const manifest = { private: true, type: 'module', overrides }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  const common = ['install', '--no-audit', '--no-fund', '--ignore-scripts']
  run('node', [npm, ...common, ...args, tarballs['@ductus/backend']], folder, { env })
  const script = (text) => {
    writeFileSync(join(folder, 'script.mjs'), text)
    return JSON.parse(run('node', ['script.mjs'], folder, { env }).stdout)
  }
  return { folder, script, add: (file) => run('node', [npm, ...common, file], folder, { env }) }
}

try {
  const trained = install('with', { overrides: { [own]: `file:${tarballs[own]}` } }).script(train)
  const { name, description, centre } = trained
  check(
    'trains on native without compiler and scripts',
    name === 'native' && /prebuilt by clang/.test(description) && centre === 16,
    trained,
  )
  const without = install('without', { args: ['--omit=optional'] })
  const { available, reason } = without.script(backends)
  const command = `npm install ${own}@`
  check('says what is left out', !available && reason.includes(command), reason)
  without.add(tarballs[own])
  const mended = without.script(backends)
  check('is mended by the command that it names', mended.available, mended.description)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
