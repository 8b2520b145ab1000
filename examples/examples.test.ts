import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCli } from '../packages/cli/test/run-cli.js'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-examples-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('a model, a data module and a callback of the user train together, and the checkpoint is tested', async () => {
  const args = ['--model', here('my-model.ts'), '--filters', '6', '--data', here('my-data.ts')]
  const fit = await runCli(
    ['fit', ...args, '--callback', here('my-callback.ts'), '--max-epochs', '20', '--json'],
    { cwd: folder, env: { GOAL: '0.9' } },
  )
  expect(fit.stderr).not.toMatch(/^ductus:/m)
  expect(fit.stderr).toContain('Goal reached: validation/acc')
  expect(fit.code).toBe(0)
  const json = JSON.parse(fit.stdout) as {
    status: string
    epochs: number
    metrics: Record<string, number>
  }
  expect(json.status).toBe('stopped')
  expect(json.epochs).toBeLessThan(20)
  expect(json.metrics['test/acc']).toBeGreaterThan(0.85)
  expect(fit.stderr).toMatch(/^conv .*\[batch, 14, 14, 6\]/m)
  const test = await runCli(['test', '--data', here('my-data.ts')], { cwd: folder })
  expect(test.stdout).toMatch(/^Test: .*\(160 samples\)$/m)
  expect(test.stdout).toMatch(/^\/ +/m)
})

it('help shows the options of a model and of data given by path', async () => {
  const args = ['fit', '--help', '--model', here('my-model.ts'), '--data', here('my-data.ts')]
  const { stdout } = await runCli(args)
  expect(stdout).toMatch(/Options of TinyCNN:\n\s+--filters <n>\s+Channels of the convolution/)
  expect(stdout).toMatch(/Options of Strokes:/)
})
