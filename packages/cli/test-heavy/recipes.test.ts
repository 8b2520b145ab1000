import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../test/run-cli.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const datasets = resolve(root, process.env.DUCTUS_DATASETS ?? '../shared/datasets')
const areHere = existsSync(join(datasets, 'emnist'))
if (!areHere) console.log(`skipped: recipes, which need the data sets in ${datasets}`)

const recipes = join(root, 'examples/recipes')
// In order of their names: a recipe that goes on with another's run comes after it.
const names = readdirSync(recipes)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .sort()
const short =
  '--max-epochs 1 --limit-train-batches 2 --limit-val-batches 1 --limit-test-batches 1 --json'
const part = ['--emnist-files', join(datasets, 'emnist/balanced-first-2000'), '--split', 'balanced']
const few = ['--num-train', '64', '--num-val', '32', '--num-test', '32']

interface FitJson {
  metrics: Record<string, number>
  findings: { code: string; message: string }[]
}

let folder = ''
const whole = mkdtemp(join(tmpdir(), 'ductus-whole-recipes-'))
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-recipes-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await rm(await whole, { recursive: true })
})

describe.skipIf(!areHere)('the recipes in examples/ start as they stand', () => {
  it.each(names)('%s', async (name) => {
    const path = join(recipes, `${name}.json`)
    const { data } = JSON.parse(readFileSync(path, 'utf8')) as { data: string }
    const lines = data === 'EMNISTLines'
    const own = data.startsWith('EMNIST') ? [...part, ...(lines ? few : [])] : []
    const { code, stdout, stderr } = await runCli(
      ['fit', '--config', path, ...short.split(' '), ...own],
      { cwd: folder, env: { DUCTUS_DATA_MIRROR: datasets } },
    )
    expect(code, stderr).toBe(0)
    const { metrics, findings } = JSON.parse(stdout) as FitJson
    expect(metrics['test/loss']).toBeGreaterThan(0)
    expect(findings).toEqual([])
  })
})

describe.skipIf(!areHere)(
  'the quick recipes learn as they stand, and nothing says that they do not',
  () => {
    // In this order: one recipe resumes another's run.
    it.each(['mlp', 'simple-cnn', 'simple-cnn-on', 'lecun1990', 'lenet5'])('%s', async (name) => {
      const { code, stdout, stderr } = await runCli(
        ['fit', '--config', join(recipes, `${name}.json`), '--json', '--no-progress'],
        { cwd: await whole, env: { DUCTUS_DATA_MIRROR: datasets } },
      )
      expect(code, stderr).toBe(0)
      const { metrics, findings } = JSON.parse(stdout) as FitJson
      expect(metrics['test/acc']).toBeGreaterThan(0.6)
      expect(findings).toEqual([])
    })

    it('characters of EMNIST, in five short epochs and on two batches', async () => {
      for (const line of ['--max-epochs 5', '--overfit-batches 2 --max-epochs 50']) {
        const { code, stdout, stderr } = await runCli(
          ['fit', '--model', 'CNN', '--data', 'EMNIST', ...line.split(' '), ...part, '--json'],
          { cwd: await whole },
        )
        expect(code, stderr).toBe(0)
        expect((JSON.parse(stdout) as FitJson).findings).toEqual([])
      }
    })
  },
)
