import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runHere } from '../run-here.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-data-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('shows a training item of MNIST by its index: shapes, stats, label and picture', async () => {
  const { code, stdout } = await runHere(
    'data show MNIST --index 7 --val-size 0 --train-size 60000',
  )
  expect(code).toBe(0)
  expect(stdout).toMatch(/x: \[128, 28, 28, 1\] float32, min -0\.42\d+, mean .*, max 2\.82/)
  expect(stdout).toMatch(/y: \[128\D*\] int32, min 0, .*max 9/)
  expect(stdout).toMatch(/Training item 7: "\d" \(y = \d\)/)
  expect(stdout.split('\n').filter((line) => /[#@%]{2}/.test(line)).length).toBeGreaterThan(10)
  const again = await runHere('data show MNIST --seed 3 --json')
  const drawn = await runHere('data show MNIST --seed 3 --json')
  expect(drawn.stdout).toBe(again.stdout)
})

it('prepares data and says what is there', async () => {
  const { code, stdout } = await runHere(['data', 'prepare', 'mnist', '--data-dir', folder])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^MNIST is ready\.\nMNIST\nClasses: 10/)
  expect(stdout).toContain('55000 / 5000 / 10000')
})

it("draws sentences of the user's text, the same for a seed", async () => {
  const file = join(folder, 'text.txt')
  await writeFile(file, 'The quick brown fox, it says, jumps over the lazy dog again and again.')
  const line = ['data', 'sentences', '--max-length', '16', '-n', '4', '--text-file', file]
  const { code, stdout } = await runHere(line)
  expect(code).toBe(0)
  const sentences = stdout.trimEnd().split('\n')
  expect(sentences).toHaveLength(4)
  for (const sentence of sentences) expect(sentence.length).toBeLessThanOrEqual(16)
  expect((await runHere(line)).stdout).toBe(stdout)
  const missing = await runHere('data sentences --text-file ./nowhere.txt')
  expect(missing.code).toBe(1)
  expect(missing.stderr.trimEnd().split('\n')).toHaveLength(1)
})
