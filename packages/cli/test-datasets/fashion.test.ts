import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../test/run-cli.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const datasets = resolve(root, process.env.DUCTUS_DATASETS ?? '../shared/datasets')
const isHere = existsSync(join(datasets, 'fashion-mnist'))
if (!isHere) console.log(`skipped: no fashion-mnist in ${datasets}`)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-fashion-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.skipIf(!isHere)('FashionMNIST from a folder laid out as a mirror', () => {
  it('trains the CNN, and its confusion matrix bears the names of the classes', async () => {
    const line = 'fit --model CNN --data FashionMNIST --max-steps 40 --limit-val-batches 8 --json'
    const { code, stdout, stderr } = await runCli(
      [...line.split(' '), '--limit-test-batches', '16'],
      {
        cwd: folder,
        env: { DUCTUS_DATA_MIRROR: datasets },
      },
    )
    expect(stderr).toMatch(/^T-shirt\/t… /m)
    expect(code).toBe(0)
    const { metrics } = JSON.parse(stdout) as { metrics: Record<string, number> }
    console.log(`test/acc after 40 steps: ${metrics['test/acc']}`)
    expect(metrics['test/acc']).toBeGreaterThan(0.6)
  })
})
