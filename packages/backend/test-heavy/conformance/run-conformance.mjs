#!/usr/bin/env node
/**
 * Runs TensorFlow.js' own conformance suite on a backend and compares it with `cpu`.
 *
 *   node run-conformance.mjs <backend> [--filter <part of a test's name>] [--all]
 *
 * Prints `N passed, N failed` and each failure that `cpu` does not have and allowed.json does not name; exits with 1
 * if there is one. `--all` lists those that `cpu` shares too. The backend reads its environment as ever
 * (DUCTUS_ISA, DUCTUS_THREADS, …).
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { bundleSuite } from './bundle-suite.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    filter: { type: 'string', default: '' },
    all: { type: 'boolean', default: false },
  },
})
const backend = positionals[0] ?? 'wasm'

const suite = await bundleSuite()
const reference = await runOn('cpu')
const result = backend === 'cpu' ? reference : await runOn(backend)
const allowed = JSON.parse(await readFile(new URL('allowed.json', import.meta.url), 'utf8'))
const onCpu = new Set(reference.failed.map(({ name }) => name))
const excused = new Set(
  [...allowed.everywhere, ...(allowed[backend] ?? [])].map(({ name }) => name),
)
const ran = new Set([...result.passed, ...result.failed.map(({ name }) => name)])

const ours = result.failed.filter(({ name }) => !onCpu.has(name) && !excused.has(name))
const lost = reference.passed.filter((name) => !ran.has(name) && !excused.has(name))
const shared = result.failed.filter(({ name }) => onCpu.has(name))
// What cpu alone runs may stay on everyone's list; all else that passes must leave it.
const idle = (allowed[backend] ?? [])
  .map(({ name }) => name)
  .filter((name) => result.passed.includes(name))

for (const { name, message } of ours)
  console.log(`failed: ${name}\n        ${message.slice(0, 400)}`)
for (const name of lost) console.log(`not run: ${name}`)
for (const name of idle) console.log(`allowed to fail, but passes: ${name}`)
if (values.all)
  for (const { name, message } of shared)
    console.log(`fails on cpu too: ${name}\n        ${message.slice(0, 400)}`)

const bad = ours.length + lost.length + idle.length
console.log(`cpu: ${reference.passed.length} passed, ${reference.failed.length} failed`)
console.log(
  `${backend}: ${result.description}; shared with cpu: ${shared.length}; allowed: ${excused.size}`,
)
console.log(`${result.passed.length} passed, ${bad} failed`)
process.exitCode = bad > 0 || result.passed.length === 0 ? 1 : 0

async function runOn(name) {
  const folder = await mkdtemp(join(tmpdir(), 'ductus-conformance-'))
  const output = join(folder, 'result.json')
  try {
    await promisify(execFile)(
      process.execPath,
      ['--max-old-space-size=4096', suite, name, values.filter, output],
      {
        maxBuffer: 1 << 28,
      },
    )
    return JSON.parse(await readFile(output, 'utf8'))
  } catch (error) {
    const said = `${error.signal ?? ''} ${String(error.stderr).slice(-2000)}`
    throw new Error(`The suite did not finish on ${name}: ${said}`, { cause: error })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
