import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../test/run-cli.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-signals-'))
  await writeFile(
    join(folder, 'pause.mjs'),
    `export const pause = {
       name: 'pause',
       onTrainBatchEnd: () => new Promise((resolve) => setTimeout(resolve, Number(process.env.PAUSE))),
     }\n`,
  )
})
afterAll(() => rm(folder, { recursive: true }))

/** Fits endlessly; sends signals, so many milliseconds apart, once it prints losses. */
function fit(name: string, pauseMs: number, signals: readonly NodeJS.Signals[]) {
  const line =
    `fit --model MLP --fc1 16 --fc2 0 --max-epochs -1 --limit-val-batches 1 --json --name ${name} ` +
    `--log-lines-every-n-steps 1 --callback ${join(folder, 'pause.mjs')}`
  return runCli(line.split(' '), {
    cwd: folder,
    env: { PAUSE: String(pauseMs) },
    when: {
      stderr: /^loss: |Step 1/m,
      then: (pid) => {
        signals.forEach((signal, i) => setTimeout(() => process.kill(pid, signal), 300 * i))
      },
    },
  })
}

interface FitJson {
  status: string
  runDir: string
  steps: number
}

describe('a fit that is told to end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s finishes the batch, saves last and exits with %i', async (signal, expected) => {
    const { code, stdout, stderr } = await fit(signal, 20, [signal])
    expect(stderr).toContain('Interrupted')
    expect(code).toBe(expected)
    const { status, runDir, steps } = JSON.parse(stdout) as FitJson
    expect(status).toBe('interrupted')
    expect(existsSync(join(runDir, 'checkpoints', 'last.json'))).toBe(true)
    const again = await runCli(
      `fit --fc1 16 --fc2 0 --json --name ${signal} --resume --max-steps ${steps + 3} --limit-val-batches 1`.split(
        ' ',
      ),
      { cwd: folder },
    )
    expect(again.code).toBe(0)
    expect(JSON.parse(again.stdout)).toMatchObject({
      status: 'completed',
      steps: steps + 3,
      runDir,
    })
  })

  it('twice quits at once, with nothing more on stdout', async () => {
    const { code, stdout } = await fit('twice', 20_000, ['SIGINT', 'SIGINT'])
    expect(code).toBe(130)
    expect(stdout).toBe('')
    expect(existsSync(join(folder, 'runs', 'twice', 'version_0', 'checkpoints', 'last.json'))).toBe(
      false,
    )
  })
})
