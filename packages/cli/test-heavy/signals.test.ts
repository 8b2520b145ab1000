import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashKey, listBackends, uniformValues } from '@ductus/backend'
import { readCheckpoint } from '@ductus/training'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli, type CliResult } from '../test/run-cli.js'

const hasNative = (await listBackends()).some((each) => each.name === 'native' && each.available)
if (!hasNative) process.stderr.write('Skipping signals: native is not available here.\n')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-signals-'))
  // Holds the thread so many milliseconds a batch, or waits as long; keeps a hash of the weights after each step.
  await writeFile(
    join(folder, 'watched.mjs'),
    `import { createHash } from 'node:crypto'
     import { appendFileSync } from 'node:fs'
     const { HOLD = 0, PAUSE = 0, HASHES } = process.env
     let told = false
     export const watched = {
       name: 'watched',
       onTrainBatchEnd({ step, module }) {
         if (!told) process.stderr.write('training\\n')
         told = true
         const sum = createHash('sha256')
         for (const weight of module.models.model.getWeights()) sum.update(weight.dataSync())
         if (HASHES) appendFileSync(HASHES, step + ' ' + sum.digest('hex') + '\\n')
         const end = performance.now() + Number(HOLD)
         while (performance.now() < end);
         if (Number(PAUSE) > 0) return new Promise((resolve) => setTimeout(resolve, Number(PAUSE)))
       },
     }\n`,
  )
})
afterAll(() => rm(folder, { recursive: true }))

interface Ending extends CliResult {
  /** Milliseconds from the first signal to the end of the process. */
  ms: number
}

/** Signals this many milliseconds after training began. */
type Signals = readonly (readonly [name: NodeJS.Signals, atMs: number])[]

async function run(
  line: string,
  signals: Signals,
  env: Record<string, string> = {},
  when = /^training$/m,
): Promise<Ending> {
  let first = Infinity
  const send = (pid: number, name: NodeJS.Signals): void => {
    first = Math.min(first, performance.now())
    try {
      process.kill(pid, name)
    } catch {
      // It was quicker.
    }
  }
  const then = (pid: number): void => {
    let at = 0
    for (const [name, atMs] of signals) {
      // Two at one time go out back to back.
      if (atMs === 0 && at === 0) send(pid, name)
      else
        setTimeout(() => {
          send(pid, name)
        }, atMs)
      at = atMs
    }
  }
  const words = [...line.split(' '), '--callback', join(folder, 'watched.mjs')]
  const args = line.startsWith('fit') ? words : line.split(' ')
  const result = await runCli(args, {
    cwd: folder,
    env,
    ...(signals.length > 0 && { when: { stderr: when, then } }),
  })
  return { ...result, ms: performance.now() - first }
}

interface FitJson {
  status: string
  runDir: string
  steps: number
  metrics: Record<string, number>
}

/** Reads what `--json` printed, and checks that the run's last checkpoint is whole and stands at that step. */
async function stoppedAt({ stdout, stderr }: CliResult): Promise<FitJson> {
  const json = JSON.parse(stdout) as FitJson
  const folder = join(json.runDir, 'checkpoints')
  const pointer = readFileSync(join(folder, 'last.json'), 'utf8')
  const { checkpoint } = JSON.parse(pointer) as { checkpoint: string }
  const { manifest } = await readCheckpoint(join(folder, checkpoint))
  expect(manifest.loop.step).toBe(json.steps)
  expect(stderr).toMatch(
    /^Interrupted: the last checkpoint is written to .*last-epoch=0-batch=\d+;/m,
  )
  expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([])
  return json
}

const networks = {
  MLP: '--model MLP --fc1 16 --fc2 0',
  CNN: '--model CNN --conv-dim 2 --fc-dim 8',
}

/** 13,750 batches an epoch, dropout and a schedule, none of which a stop may move. */
const common =
  '--backend native --data MNIST --batch-size 4 --fc-dropout 0.2 --one-cycle-max-lr 0.01 --one-cycle-total-steps 50000 ' +
  '--limit-val-batches 0 --limit-test-batches 0 --no-progress --json'

describe.runIf(hasNative).each(['MLP', 'CNN'] as const)('a fit of the %s', (model) => {
  const fit = `fit ${networks[model]} ${common}`

  it(
    'stopped at twenty random times ends each in time, and continues bit by bit',
    { timeout: 600_000 },
    async () => {
      const hashes = join(folder, `${model}-stopped.txt`)
      const draws = uniformValues(hashKey('signals', model), 20, 0, 300)
      let steps = 0
      for (const [i, atMs] of draws.entries()) {
        const [signal, code] =
          i % 2 === 0 ? (['SIGINT', 130] as const) : (['SIGTERM', 143] as const)
        const line = `${fit} --name ${model} --max-epochs 1${i === 0 ? '' : ' --resume'}`
        const ending = await run(line, [[signal, atMs]], { HOLD: '2', HASHES: hashes })
        expect(ending.stderr).toMatch(
          /^Stopping after this batch, then writing the last checkpoint\.$/m,
        )
        expect(ending.code).toBe(code)
        expect(ending.ms).toBeLessThan(2_000 + 50)
        const json = await stoppedAt(ending)
        expect(json).toMatchObject({ status: 'interrupted' })
        expect(json.steps).toBeGreaterThan(steps)
        steps = json.steps
      }
      const more = steps + 3
      const end = await run(`${fit} --name ${model} --resume --max-steps ${more}`, [], {
        HASHES: hashes,
      })
      expect(end.code).toBe(0)
      const whole = join(folder, `${model}-whole.txt`)
      const unbroken = await run(`${fit} --name ${model}-whole --max-steps ${more}`, [], {
        HASHES: whole,
      })
      expect(readFileSync(hashes, 'utf8')).toBe(readFileSync(whole, 'utf8'))
      expect(readFileSync(whole, 'utf8').trim().split('\n')).toHaveLength(more)
      expect((JSON.parse(end.stdout) as FitJson).metrics).toEqual(
        (JSON.parse(unbroken.stdout) as FitJson).metrics,
      )
      process.stderr.write(`${model}: 20 signals within ${steps} steps\n`)
    },
  )

  it.each([0, 5])(
    'sent two signals %i ms apart is saved all the same',
    { timeout: 60_000 },
    async (apartMs) => {
      const signals: Signals = [
        ['SIGINT', 0],
        ['SIGINT', apartMs],
      ]
      const line = `${fit} --name ${model}-twice-${apartMs} --max-epochs 1`
      const ending = await run(line, signals, { HOLD: '2' })
      expect(ending.code).toBe(130)
      expect(ending.ms).toBeLessThan(2_050)
      await stoppedAt(ending)
    },
  )
})

describe.runIf(hasNative)('signals in other phases', () => {
  const fit = `fit ${networks.MLP} ${common}`

  it(
    'a second one while the batch takes its time is answered, and the checkpoint written',
    { timeout: 60_000 },
    async () => {
      const signals: Signals = [
        ['SIGTERM', 0],
        ['SIGINT', 300],
      ]
      const ending = await run(`${fit} --name patient`, signals, { PAUSE: '1500' })
      expect(ending.stderr).toMatch(/^Still finishing the batch and writing the checkpoint\./m)
      // The first one's.
      expect(ending.code).toBe(143)
      expect(await stoppedAt(ending)).toMatchObject({ steps: 1 })
    },
  )

  it('a third one quits at once, with nothing on stdout', { timeout: 60_000 }, async () => {
    const signals: Signals = [
      ['SIGINT', 0],
      ['SIGINT', 200],
      ['SIGINT', 400],
    ]
    const ending = await run(`${fit} --name thrice`, signals, { PAUSE: '20000' })
    expect(ending).toMatchObject({ code: 130, stdout: '' })
    expect(ending.ms).toBeLessThan(2_000)
  })

  it(
    'one in the check before training leaves a checkpoint of step 0',
    { timeout: 60_000 },
    async () => {
      const line = fit.replace('--limit-val-batches 0', '--num-sanity-val-steps -1')
      const ending = await run(`${line} --name checked`, [['SIGINT', 50]], {}, /^Backend: /m)
      expect(ending.code).toBe(130)
      // In data set-up it comes too early for a run.
      if (ending.stdout === '') expect(ending.stderr).toMatch(/^Interrupted before training\.$/m)
      else expect(await stoppedAt(ending)).toMatchObject({ steps: 0 })
    },
  )

  it(
    'one in the test after training leaves the run as it is, without a test',
    { timeout: 60_000 },
    async () => {
      const line = fit.replace(' --limit-test-batches 0', '').replace(' --no-progress', '')
      const ending = await run(
        `${line} --name tested --max-steps 3`,
        [['SIGINT', 0]],
        {},
        /^3 steps, /m,
      )
      expect(ending.code).toBe(130)
      expect(ending.stderr).toMatch(
        /^Interrupted after training: "ductus test" measures the checkpoint\.$/m,
      )
      const json = JSON.parse(ending.stdout) as FitJson
      expect(json).toMatchObject({ status: 'completed', steps: 3 })
      expect(Object.keys(json.metrics).filter((name) => name.startsWith('test/'))).toEqual([])
    },
  )

  it('one ends a test or a sweep with the batch in hand', { timeout: 60_000 }, async () => {
    await run(`${fit} --name small --max-steps 1`, [])
    const test =
      'test --name small --test-batch-size 1 --data MNIST --backend native --no-progress --json'
    const tested = await run(test, [['SIGTERM', 400]], {}, /^Backend: /m)
    expect(tested.code).toBe(143)
    expect(tested.ms).toBeLessThan(2_000)
    if (tested.stdout !== '')
      expect(JSON.parse(tested.stdout)).toMatchObject({ status: 'interrupted' })
    const sweep = 'lr-find --model MLP --data MNIST --backend native --steps 100000 --json'
    const swept = await run(sweep, [['SIGINT', 1000]], {}, /^Backend: /m)
    expect(swept).toMatchObject({ code: 130, stdout: '' })
    expect(swept.stderr).toMatch(/^Interrupted: no learning rate is suggested\.$/m)
  })
})
