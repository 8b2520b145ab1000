import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runFitChild } from '../support/run-fit-child.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const metricsCsv = (rootDir: string): string =>
  readFileSync(join(rootDir, 'default', 'version_0', 'metrics.csv'), 'utf8')

// Three processes, each of which starts TensorFlow.js.
it('a process killed in the middle leaves a run that ends as if it had not been', async () => {
  const [whole, killed] = [temporaryFolder(), temporaryFolder()]
  const { result } = await runFitChild(whole, 'wasm', 0)
  const kill = { signal: 'SIGKILL', afterMs: 900 } as const
  expect(await runFitChild(killed, 'wasm', 40, kill)).toEqual({
    signal: 'SIGKILL',
    result: undefined,
  })
  const again = await runFitChild(killed, 'wasm', 0)
  expect(again.result).toEqual(result)
  expect(metricsCsv(killed)).toBe(metricsCsv(whole))
}, 180_000)
