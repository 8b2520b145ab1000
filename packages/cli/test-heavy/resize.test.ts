import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'

const hasTools = process.platform === 'linux' && existsSync('/usr/bin/script')
if (!hasTools) process.stderr.write('Skipping resize: it needs Linux and the script command.\n')

describe.runIf(hasTools)('the progress line in a real terminal', () => {
  it('has the new width soon after a resize inside an epoch', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ductus-resize-'))
    const typescript = join(folder, 'screen.txt')
    const tsx = createRequire(import.meta.url).resolve('tsx')
    const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
    const fit = 'fit --model CNN --conv-dim 2 --data MNIST --batch-size 4 --limit-val-batches 0'
    const command = `stty cols 80; echo $$ > pid; exec ${process.execPath} --import ${tsx} -C @ductus/source ${bin} ${fit}`
    const child = spawn('script', ['-qefc', command, typescript], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const ended = new Promise((resolve) => child.on('close', resolve))
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    })
    /** The progress lines that were drawn from a place on. */
    const drawn = (from = 0): string[] => {
      const text = existsSync(typescript) ? readFileSync(typescript, 'utf8').slice(from) : ''
      return text.split('\r\u001b[K').filter((line) => line.startsWith('Epoch 1'))
    }
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) await sleep(50)
    }
    await until(() => drawn().length > 3)
    expect(Math.max(...drawn().map(({ length }) => length))).toBe(79)
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    execFileSync('stty', ['-F', readlinkSync(`/proc/${pid}/fd/2`), 'cols', '50'])
    await sleep(500)
    const from = readFileSync(typescript, 'utf8').length
    await until(() => drawn(from).length > 5)
    expect(Math.max(...drawn(from).map(({ length }) => length))).toBe(49)
    process.kill(pid, 'SIGINT')
    expect(await ended).toBe(130)
  })
})
