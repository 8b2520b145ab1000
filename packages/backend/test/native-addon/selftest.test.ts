import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { hasAddon } from './load-addon.js'

const script = fileURLToPath(new URL('../../native/test/selftest.mjs', import.meta.url))

describe.skipIf(!hasAddon)('the kernels', () => {
  it('agree with plain references on random shapes, on every instruction set of this CPU', () => {
    // A new seed each time; the output names it.
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [script, '--', '--rounds', '30'],
      { encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    expect(stdout).toMatch(/\d+ passed, 0 failed/)
    expect(status).toBe(0)
  }, 300_000)
})
