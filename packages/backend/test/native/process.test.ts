import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { backendsHere } from '../support/backends.js'

const [here] = await backendsHere(['native'])
const script = fileURLToPath(new URL('run-training.mjs', import.meta.url))

/** Runs the script in a process of its own; resolves when that has ended by itself. */
async function training(ending: string, env: Record<string, string> = {}): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-C', '@ductus/source', script, '2', ending],
    { env: { ...process.env, ...env }, timeout: 50_000, killSignal: 'SIGKILL' },
  )
  return stdout.trim().split('\n')
}

describe.skipIf(!here)('a process that trains on native', () => {
  it.each(['return', 'exit'])('ends by itself: %s', async (ending) => {
    const [digest] = await training(ending, { DUCTUS_THREADS: '4' })
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('ends when an exception is not caught', async () => {
    await expect(training('throw', { DUCTUS_THREADS: '3' })).rejects.toMatchObject({
      code: 1,
      killed: false,
      stderr: expect.stringContaining('on purpose') as string,
    })
  })

  it('trains in worker threads at the same time as in the main thread, to the same bits', async () => {
    const digests = await training('workers')
    expect(digests).toHaveLength(4)
    expect(new Set(digests).size).toBe(1)
    expect(await training('return', { DUCTUS_THREADS: '1' })).toEqual([digests[0]])
  })

  it('survives a worker that is terminated while it computes', async () => {
    expect(await training('terminate')).toEqual(await training('return'))
  })
})
