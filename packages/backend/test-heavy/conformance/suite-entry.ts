/**
 * One process of the conformance suite: loads a backend as `useBackend` does, then TensorFlow.js' own tests, and runs
 * them on it. Bundled by bundle-suite.mjs, so that tests, backends and this package share one copy of tfjs-core.
 * Prints one JSON object: `{ passed: string[], failed: { name, message }[] }`.
 */
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { writeFileSync } from 'node:fs'
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js'
import { candidates } from '../../src/candidates/candidates.js'

interface SpecResult {
  fullName: string
  status: string
  failedExpectations: { message: string; stack: string }[]
}

const [name = 'cpu', filter = '', output = ''] = process.argv.slice(2)

async function main() {
  const candidate = candidates.find((one) => one.name === name)
  if (!candidate) throw new Error(`Unknown backend "${name}"`)
  const outcome = await candidate.load({})
  if (!outcome.ok) throw new Error(`${name} can't be had: ${outcome.reason}`)

  const passed: string[] = []
  const failed: { name: string; message: string }[] = []
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { boot } = require('jasmine-core') as { boot: () => { getEnv: () => JasmineEnv } }
  const env = boot().getEnv()
  env.configure({ random: false, specFilter: (spec) => spec.getFullName().includes(filter) })
  env.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      if (status === 'passed') passed.push(fullName)
      if (status !== 'failed') return
      failed.push({
        name: fullName,
        message: failedExpectations.map((one) => one.message).join(' | '),
      })
    },
    suiteDone({ fullName, failedExpectations }) {
      if (failedExpectations.length === 0) return
      failed.push({ name: `${fullName} (set-up)`, message: failedExpectations[0]!.message })
    },
  })
  // The backend's own name stays out of the tests' names, so that two runs can be compared.
  setTestEnvs([{ name: 'ductus', backendName: candidate.tensorflowName, isDataSync: true }])
  // Required late: the tests describe themselves for the environments that are set by now.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require('@tensorflow/tfjs-core/dist/tests')
  await env.execute()
  writeFileSync(output, JSON.stringify({ description: outcome.description, passed, failed }))
}

interface JasmineEnv {
  configure(options: {
    random: boolean
    specFilter: (spec: { getFullName(): string }) => boolean
  }): void
  addReporter(reporter: Record<'specDone' | 'suiteDone', (result: SpecResult) => void>): void
  execute(): Promise<unknown>
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack ?? String(error)}\n`)
    process.exit(1)
  },
)
