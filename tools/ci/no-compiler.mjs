// A machine without a C++ compiler: with a PATH of only node and sh, a fresh clone says in a line that `wasm` will be used and
// passes `npm test`. Closes with the counts of those tests.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../setup.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'ductus-no-compiler-'))
const clone = join(scratch, 'clone')
const bin = join(scratch, 'bin')
execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, clone])
mkdirSync(bin)
symlinkSync(process.execPath, join(bin, 'node'))
symlinkSync('/bin/sh', join(bin, 'sh'))
const npm = realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim())
const env = { ...process.env, PATH: bin }
delete env.CXX
const sh = (args) =>
  spawnSync(join(bin, 'node'), args, { cwd: clone, env, encoding: 'utf8', maxBuffer: 1 << 27 })

const installed = sh([npm, 'ci', '--no-audit', '--no-fund'])
const setUp = sh([join('packages', 'backend', 'native', 'install.mjs')])
const said = (setUp.stdout + setUp.stderr).split('\n').filter((line) => /wasm/.test(line))
const installs = installed.status === 0 && setUp.status === 0 && said.length === 1
console.log(
  `${installs ? 'ok  ' : 'FAIL'} installs without a compiler and says so: ${said.join(' / ') || installed.stderr.slice(-2000)}`,
)
const tested = sh([npm, 'test'])
console.log((tested.stdout + tested.stderr).slice(-6000))
let { numPassedTests: passed, numFailedTests: failed } = { numPassedTests: 0, numFailedTests: 1 }
try {
  const report = join(clone, 'node_modules', '.cache', 'ductus', 'test-report.json')
  ;({ numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(report, 'utf8')))
} catch (error) {
  console.log(`no test report: ${error.message}`)
}
rmSync(scratch, { recursive: true, force: true })
const worked = installs && tested.status === 0
console.log(`${passed + (installs ? 1 : 0)} passed, ${failed + (installs ? 0 : 1)} failed`)
process.exit(worked ? 0 : 1)
