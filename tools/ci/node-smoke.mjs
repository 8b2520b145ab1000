// Runs the built command line on another Node version (the npm package `node` carries it): real training, saving, predicting.
//
// usage: node tools/ci/node-smoke.mjs 22
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../outside/run-command.mjs'
import { root } from '../setup.mjs'

const version = process.argv[2]
const scratch = mkdtempSync(join(tmpdir(), `ductus-node-${version}-`))
run(
  'npm',
  [
    'install',
    '--prefix',
    scratch,
    '--no-audit',
    '--no-fund',
    '--loglevel',
    'error',
    `node@${version}`,
  ],
  scratch,
)
const node = join(scratch, 'node_modules', 'node', 'bin', 'node')
const bin = join(root, 'packages', 'cli', 'dist', 'bin.js')
const env = { ...process.env, DUCTUS_DATA_DIR: join(scratch, 'data') }
const ductus = (...args) => run(node, [bin, ...args], root, { env })

let passed = 0
let failed = 0
function check(what, work) {
  try {
    work()
    passed++
    console.log(`ok   ${what}`)
  } catch (error) {
    failed++
    console.log(`FAIL ${what}\n${error.message}`)
  }
}

console.log(run(node, ['--version'], scratch).stdout.trim())
check('doctor', () => ductus('doctor'))
for (const backend of ['auto', 'wasm'])
  check(`fit on ${backend}`, () => {
    const { stdout } = ductus(
      ...[
        'fit',
        '--model',
        'MLP',
        '--data',
        'MNIST',
        '--max-steps',
        '20',
        '--limit-val-batches',
        '2',
        '--limit-test-batches',
        '4',
      ],
      ...['--backend', backend, '--root-dir', join(scratch, 'runs'), '--seed', '1', '--json'],
    )
    const { status, metrics } = JSON.parse(stdout)
    if (status !== 'completed' || !(metrics['test/acc'] > 0.5))
      throw new Error(`expected a trained model, received ${stdout}`)
  })
rmSync(scratch, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
