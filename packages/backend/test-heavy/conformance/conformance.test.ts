import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('run-conformance.mjs', import.meta.url))

it('wasm fails nothing of TensorFlow.js’ own suite that cpu passes', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'wasm'])
  expect(stdout).toMatch(/^\d{4} passed, 0 failed$/m)
}, 300_000)
