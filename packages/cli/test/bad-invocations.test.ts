import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { runHere } from './run-here.js'

const folder = mkdtempSync(join(tmpdir(), 'ductus bäd-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
mkdirSync(join(folder, 'empty'))
for (const name of ['file', 'empty.json', 'empty.safetensors']) {
  writeFileSync(join(folder, name), name === 'file' ? 'hi' : '')
}

it.each([
  ['fitt', 2],
  ['--nonsense', 2],
  ['predict', 2],
  ['fit -q --root-dir /proc/x', 1],
  ['fit -q --root-dir @file', 1],
  ['fit -q --root-dir @file/x', 1],
  ['fit -q --config @empty', 2],
  ['fit -q --config @empty.json', 2],
  ['fit -q --model @empty', 2],
  ['fit -q --data ./nowhere.ts', 2],
  ['fit -q --load-checkpoint nowhere', 2],
  ['fit -q --load-checkpoint @empty', 2],
  ['fit -q --load-checkpoint @empty.safetensors', 1],
  ['fit -q --batch-size 0', 2],
  ['fit -q --lr 1e400', 2],
  ['fit -q --fc1 -5', 2],
  ['fit -q --fc1 1e12', 1],
  ['fit -q --seed 1e30', 2],
  ['fit -q --num-workers 100000', 2],
  ['fit -q --backend quantum', 2],
  ['fit -q --isa quantum', 2],
  ['fit -q --freeze nothing', 2],
  ['test --name nothing', 1],
  ['validate --root-dir @file', 1],
  ['predict @file --checkpoint @file', 2],
  ['predict @file --checkpoint @empty', 2],
  ['report @empty', 1],
  ['report @file', 1],
  ['watch @file --port 99999', 2],
  ['describe', 2],
  ['describe --model CNN --input 0x0x0', 2],
  ['data prepare Nothing', 2],
  ['data sentences --text-file @empty', 1],
  ['viz kernels @empty', 1],
  ['viz explain-conv --image @file', 1],
  ['doctor --threads 0', 2],
])('%s is one line, and exit code %i', async (line, expected) => {
  const words = line.split(' ').map((word) => word.replace('@', `${folder}/`))
  const { code, stdout, stderr } = await runHere(words)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^ductus[: ][^\n]+\n$/)
  expect(stderr).not.toMatch(/\(--debug shows where\)| at .*:\d+:\d+/)
  expect(code).toBe(expected)
})
