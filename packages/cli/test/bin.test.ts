import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { runCli } from './run-cli.js'

it('a command that waits for what never comes is no success', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ductus-bin-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'never.mjs')
  await writeFile(
    file,
    `export const never = { name: 'never', onFitStart: () => new Promise(() => {}) }\n`,
  )
  const line = `fit --fc1 8 --fc2 0 --max-steps 1 --json --backend cpu --callback ${file}`
  const { code, stdout, stderr } = await runCli(line.split(' '), { cwd: folder })
  expect(stdout).toBe('')
  expect(stderr).toContain('ductus: expected the command to come to its end')
  expect(code).toBe(1)
}, 120_000)

it('a reader that closes early ends nothing', async () => {
  const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
  const args = ['--import', import.meta.resolve('tsx'), '-C', '@ductus/source', bin]
  const child = spawn(process.execPath, [...args, 'fit', '--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdout.destroy()
  const [code] = (await once(child, 'close')) as [number | null]
  expect(stderr).toBe('')
  expect(code).toBe(0)
}, 60_000)
