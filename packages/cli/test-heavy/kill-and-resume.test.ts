import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashKey, listBackends, uniformValues } from '@ductus/backend'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../test/run-cli.js'

const available = (await listBackends()).flatMap(({ name, available }) => (available ? [name] : []))
const backends = (['native', 'wasm'] as const).filter((name) => {
  const here = available.includes(name)
  if (!here) process.stderr.write(`Skipping ${name}: it is not available here.\n`)
  return here
})

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-kill-'))
  await writeFile(
    join(folder, 'slow.mjs'),
    `const wait = () => new Promise((resolve) => setTimeout(resolve, Number(process.env.PAUSE)))
     export const slow = { name: 'slow', onTrainBatchEnd: wait, onValidationBatchEnd: wait }\n`,
  )
})
afterAll(() => rm(folder, { recursive: true }))

/** Real digits from two workers, dropout, one cycle, groups of three batches, validations inside an epoch. */
const line =
  'fit --model MLP --fc1 32 --fc2 16 --batch-size 64 --num-workers 2 --max-epochs 4 --limit-train-batches 44 ' +
  '--limit-val-batches 3 --limit-test-batches 2 --val-check-interval 13 --accumulate-grad-batches 3 ' +
  '--one-cycle-max-lr 0.05 --one-cycle-total-steps 60 --gradient-clip-val 1 --ema-decay 0.9 ' +
  '--checkpoint-every-n-steps 1 --save-top-k 2 --log-every-n-steps 1 --loss-history-every-n-steps 1 ' +
  '--activation-stats-every-n-steps 2 --confusion-matrix --sample-predictions 8 ' +
  '--log-lines-every-n-steps 1 --resume --json'

/** @param after optimizer steps of this process, and milliseconds on top, after which it is killed */
function fit(
  backend: string,
  rootDir: string,
  pauseMs: number,
  after?: { steps: number; ms: number },
) {
  const args = `${line} --backend ${backend} --root-dir ${rootDir}`.split(' ')
  return runCli([...args, '--callback', join(folder, 'slow.mjs')], {
    env: { PAUSE: String(pauseMs) },
    ...(after === undefined
      ? {}
      : {
          when: {
            stderr: new RegExp(`(^loss: [^]*){${after.steps}}`, 'm'),
            then: (pid: number) => void setTimeout(() => kill(pid), after.ms),
          },
        }),
  })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was quicker.
  }
}

/** Name of the last checkpoint of the latest version. */
function lastOf(rootDir: string): string {
  const versions = readdirSync(join(rootDir, 'default')).sort(
    (a, b) => Number(a.slice(8)) - Number(b.slice(8)),
  )
  const path = join(rootDir, 'default', versions.at(-1)!, 'checkpoints', 'last.json')
  return existsSync(path) ? readFileSync(path, 'utf8') : 'none'
}

interface FitJson {
  runDir: string
  metrics: Record<string, number>
  steps: number
}

/** All that a run left but clocks, checkpoints by what `last` and `best` point at. */
function trace(stdout: string): unknown {
  const { runDir, metrics, steps } = JSON.parse(stdout) as FitJson
  const files = readdirSync(runDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(checkpoints|time\.csv|hparams\.json)/.test(name))
    .filter((name) => statSync(join(runDir, name)).isFile())
  const pointed = ['last', 'best'].flatMap((alias) => {
    const pointer = readFileSync(join(runDir, 'checkpoints', `${alias}.json`), 'utf8')
    const { checkpoint } = JSON.parse(pointer) as { checkpoint: string }
    return ['model/weights.bin', 'optimizer.bin'].map((name) =>
      join('checkpoints', checkpoint, name),
    )
  })
  const contents = [...files, ...pointed].sort().map((name) => {
    const bytes = readFileSync(join(runDir, name))
    return [name, hashKey(bytes.toString('base64')), bytes.length]
  })
  return { metrics, steps, contents }
}

describe.each(backends)('a command killed on %s', (backend) => {
  it('twenty times over ends as if it had not been', { timeout: 1_800_000 }, async () => {
    const whole = await fit(backend, join(folder, `${backend}-whole`), 0)
    expect(whole.stderr).not.toMatch(/^ductus:/m)
    expect(whole.code).toBe(0)
    const rootDir = join(folder, `${backend}-killed`)
    const chances = uniformValues(hashKey('kill a command', backend), 20, 0, 1)
    let kills = 0
    const places = new Set<string>()
    for (const chance of chances) {
      // One to four of the sixty steps, and up to a fifth of a second.
      const after = { steps: 1 + Math.floor(4 * chance), ms: (chance * 1e4) % 200 }
      const { code } = await fit(backend, rootDir, 20, after)
      if (code === null) kills++
      places.add(lastOf(rootDir))
    }
    const end = await fit(backend, rootDir, 0)
    process.stderr.write(`${backend}: ${kills} of 20 kills hit the run, at ${places.size} places\n`)
    expect(kills).toBeGreaterThan(10)
    expect(places.size).toBeGreaterThan(3)
    expect(end.code).toBe(0)
    expect(trace(end.stdout)).toEqual(trace(whole.stdout))
  })
})
