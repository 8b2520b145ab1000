// `npm run quickstart`: sets up what is missing, then trains the lab's CNN on MNIST with the command line that a user has.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, install, root } from './setup.mjs'

install()
console.error('Building packages …')
build()

const { useBackend } = await import('../packages/backend/dist/index.js')
const forced = process.argv.find((arg) => arg.startsWith('--backend='))?.slice('--backend='.length)
const { name } = await useBackend(forced ?? 'auto')

const whole = ['--max-epochs', '1']
// About 30 full-width steps are what plain WebAssembly does in the time of the native engine's epoch.
const short = [
  '--max-steps',
  '30',
  '--limit-val-batches',
  '4',
  '--limit-test-batches',
  '16',
  '--num-sanity-val-steps',
  '0',
]
const fast = name !== 'wasm' && name !== 'cpu'
if (!fast)
  console.error(
    `\nThe native engine is not there (no C++ compiler), so "${name}" trains: 30 steps, checked on a part ` +
      `of the data.\nWith the native engine the same command trains a whole epoch in this time: install g++ or clang++ and run it again.\n`,
  )

const bin = join(root, 'packages', 'cli', 'dist', 'bin.js')
const rest = process.argv.slice(2)
const args = [
  'fit',
  '--model',
  'CNN',
  '--data',
  'MNIST',
  '--name',
  'quickstart',
  '--seed',
  '42',
  ...(fast ? whole : short),
  ...rest,
]
console.error(`\n$ ductus ${args.join(' ')}\n`)
const { status } = spawnSync(process.execPath, [bin, ...args], { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
