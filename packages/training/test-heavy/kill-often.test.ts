import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashKey, listBackends, uniformValues } from '@ductus/backend'
import { describe, expect, it } from 'vitest'
import { runFitChild } from '../test/support/run-fit-child.js'
import { temporaryFolder } from '../test/support/temporary-folder.js'

const available = (await listBackends()).flatMap(({ name, available }) => (available ? [name] : []))
const backends = (['wasm', 'native'] as const).filter((name) => {
  const here = available.includes(name)
  if (!here) process.stderr.write(`Skipping ${name}: it is not available here.\n`)
  return here
})

/** Everything of the last version of a run that must come out the same. */
function metricsCsv(rootDir: string, version: number): string {
  return readFileSync(join(rootDir, 'default', `version_${version}`, 'metrics.csv'), 'utf8')
}

describe.each(backends)('on %s', (backend) => {
  it('twenty kills at random times change nothing', { timeout: 1_200_000 }, async () => {
    const [whole, killed] = [temporaryFolder(), temporaryFolder()]
    const { result } = await runFitChild(whole, backend, 0)
    const delays = uniformValues(hashKey('kill', backend), 20, 20, 400)
    let kills = 0
    for (const afterMs of delays) {
      const end = await runFitChild(killed, backend, 30, { signal: 'SIGKILL', afterMs })
      if (end.signal === 'SIGKILL') kills++
    }
    const end = await runFitChild(killed, backend, 0)
    process.stderr.write(`${backend}: ${kills} kills of 20 hit the run\n`)
    expect(kills).toBeGreaterThan(3)
    expect(end.result).toEqual(result)
    const version = readdirSync(join(killed, 'default')).length - 1
    expect(metricsCsv(killed, version)).toBe(metricsCsv(whole, 0))
  })
})

it('a process asked to end finishes its batch, saves, and says so', async () => {
  const [whole, stopped] = [temporaryFolder(), temporaryFolder()]
  const { result } = await runFitChild(whole, 'cpu', 0)
  const stop = { signal: 'SIGTERM', afterMs: 500 } as const
  const first = await runFitChild(stopped, 'cpu', 40, stop)
  expect(first.result).toMatchObject({ status: 'interrupted' })
  expect((await runFitChild(stopped, 'cpu', 0)).result).toEqual(result)
  expect(metricsCsv(stopped, 0)).toBe(metricsCsv(whole, 0))
}, 180_000)
