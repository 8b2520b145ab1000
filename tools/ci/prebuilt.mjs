// A package with a prebuilt binary needs no compiler: `npm run prebuild`, pack, install the tarball in an empty folder with a
// PATH of only node and sh, and train a step on `native`.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../outside/run-command.mjs'
import { build, root } from '../setup.mjs'

const example = `
import * as tf from '@tensorflow/tfjs-core'
import { conv2d, useBackend } from '@ductus/backend'
const { name, description } = await useBackend('auto')
const x = tf.ones([1, 4, 4, 1])
const gradient = tf.grad((filter) => tf.sum(conv2d(x, filter, { padding: 1 })))(tf.ones([3, 3, 1, 1]))
console.log(JSON.stringify({ name, description, centre: gradient.dataSync()[4] }))
`

build()
const scratch = mkdtempSync(join(tmpdir(), 'ductus-prebuilt-'))
const folder = join(root, 'packages', 'backend')
const bin = join(scratch, 'bin')
const empty = join(scratch, 'empty')
try {
  run('npm', ['run', 'prebuild'], folder)
  const { stdout } = run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch],
    folder,
  )
  const printed = JSON.parse(stdout)
  const [{ filename }] = Array.isArray(printed) ? printed : Object.values(printed)
  mkdirSync(bin)
  mkdirSync(empty)
  symlinkSync(process.execPath, join(bin, 'node'))
  symlinkSync('/bin/sh', join(bin, 'sh'))
  const npm = realpathSync(run('sh', ['-c', 'command -v npm'], root).stdout.trim())
  const env = { ...process.env, PATH: bin }
  delete env.CXX
  writeFileSync(join(empty, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  run('node', [npm, 'install', '--no-audit', '--no-fund', join(scratch, filename)], empty, { env })
  writeFileSync(join(empty, 'example.mjs'), example)
  const seen = JSON.parse(run('node', ['example.mjs'], empty, { env }).stdout)
  const fine = seen.name === 'native' && /prebuilt/.test(seen.description) && seen.centre === 16
  console.log(`${fine ? 'ok  ' : 'FAIL'} ${JSON.stringify(seen)}`)
  process.exitCode = fine ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
  rmSync(join(folder, 'prebuilds'), { recursive: true, force: true })
}
