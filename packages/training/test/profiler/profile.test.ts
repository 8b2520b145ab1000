import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  Classifier,
  CSVLogger,
  Trainer,
  type Callback,
  type FitResult,
  type TrainerOptions,
} from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

interface TraceEvent {
  name: string
  cat?: string
  ph: string
  pid: number
  tid: number
  ts: number
  dur: number
  args?: Record<string, unknown>
}

const pauseMs = 20
/** Sleeps where it is asked to: time that must turn up in its own row. */
const sleeper: Callback = {
  name: 'Sleeper',
  onEpochEnd: () => new Promise((resolve) => setTimeout(resolve, pauseMs)),
}

async function fit(options: TrainerOptions = {}, model = toyModel()): Promise<FitResult> {
  const given = { maxEpochs: 2, rootDir: temporaryFolder(), profile: true, ...options }
  return new Trainer(given).fit(new Classifier(model), toyData())
}

function trace(result: FitResult): TraceEvent[] {
  const text = readFileSync(join(result.runDir!, 'trace.json'), 'utf8')
  const { traceEvents } = JSON.parse(text) as { traceEvents: TraceEvent[] }
  return traceEvents
}

beforeAll(async () => {
  await useBackend('cpu')
})

describe('profile', () => {
  it('says where the time went; the shares are the whole run', async () => {
    const reporter = new RecordingReporter()
    const loggers = [new CSVLogger()]
    const callbacks = [sleeper]
    const start = performance.now()
    const result = await fit({ reporter, loggers, callbacks, logEveryNSteps: 2 })
    const wall = performance.now() - start
    const { rows, ms } = result.profile!
    const calls = Object.fromEntries(rows.map((row) => [row.name, row.calls]))
    // Two epochs of 6 batches.
    expect(calls).toMatchObject({
      'set up': 1,
      'sanity check': 1,
      forward: 12,
      backward: 12,
      optimizer: 12,
      'wait for loss': 12,
      validation: 2,
      'callback Sleeper': 2,
      // At the end of each epoch, and of the run.
      checkpoint: 3,
    })
    // Opened, six rows of steps, two of epochs.
    expect(calls['logger csv']).toBe(1 + 6 + 2)
    expect(calls.data).toBeGreaterThanOrEqual(12)
    expect(rows.at(-1)!.name).toBe('other')
    expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(rows.reduce((sum, row) => sum + row.ms, 0)).toBeCloseTo(ms, 6)
    for (const row of rows) expect(row.ms).toBeGreaterThanOrEqual(0)
    const slept = rows.find(({ name }) => name === 'callback Sleeper')!
    expect(slept.ms).toBeGreaterThanOrEqual(2 * (pauseMs - 1))
    expect(ms).toBeLessThanOrEqual(wall)
    expect(reporter.infos[0]).toMatch(/^Where the time went +calls +total ms +mean ms +share$/)
    expect(reporter.infos.find((line) => line.startsWith('all'))).toMatch(/100\.0 %$/)
    expect(reporter.infos.join('\n')).toContain('cpu computes when it is called')
    expect(reporter.infos.at(-1)).toContain(join(result.runDir!, 'trace.json'))
  })

  it('writes a trace: complete events of one thread, each inside the one around it', async () => {
    const result = await fit({ callbacks: [sleeper] })
    const events = trace(result)
    expect(events.filter(({ ph }) => ph === 'M').map(({ name }) => name)).toEqual([
      'process_name',
      'thread_name',
    ])
    const spans = events.filter(({ ph }) => ph === 'X')
    expect(spans).toHaveLength(events.length - 2)
    expect(new Set(events.map(({ pid, tid }) => `${pid} ${tid}`)).size).toBe(1)
    // Nanoseconds, as whole numbers.
    const stack: { name: string; end: number }[] = []
    const parents = new Map<string, Set<string>>()
    let last = 0
    for (const { name, ts, dur } of spans) {
      const [start, end] = [Math.round(ts * 1000), Math.round(ts * 1000) + Math.round(dur * 1000)]
      expect(dur).toBeGreaterThanOrEqual(0)
      expect(start).toBeGreaterThanOrEqual(last)
      last = start
      while (stack.length > 0 && stack.at(-1)!.end <= start && stack.at(-1)!.end < end) stack.pop()
      const parent = stack.at(-1)
      if (parent) expect(end).toBeLessThanOrEqual(parent.end)
      parents.set(name, (parents.get(name) ?? new Set()).add(parent?.name ?? ''))
      stack.push({ name, end })
    }
    const around = (name: string): string[] => [...(parents.get(name) ?? [])]
    expect(around('fit')).toEqual([''])
    expect(around('epoch')).toEqual(['fit'])
    for (const name of ['forward', 'backward', 'optimizer', 'wait for loss']) {
      expect(around(name)).toEqual(['step'])
    }
    for (const name of ['data', 'step', 'validation', 'Sleeper.onEpochEnd']) {
      expect(around(name)).toEqual(['epoch'])
    }
    expect(around('validation data').sort()).toEqual(['sanity check', 'validation'])
    const steps = spans.filter(({ name }) => name === 'step')
    expect(steps.map(({ args }) => args!.index)).toEqual(Array.from({ length: 12 }, (_, i) => i))
    // The table's time of a heading with nothing inside is the sum of its spans.
    for (const name of ['forward', 'optimizer']) {
      const row = result.profile!.rows.find((each) => each.name === name)!
      const own = spans.filter((each) => each.name === name)
      expect(own).toHaveLength(row.calls)
      expect(own.reduce((sum, { dur }) => sum + dur / 1000, 0)).toBeCloseTo(row.ms, 3)
    }
    const whole = spans.find(({ name }) => name === 'fit')!
    expect(whole.dur / 1000).toBeCloseTo(result.profile!.ms, 3)
  })

  it('measures accumulation, clipping and validation inside an epoch too', async () => {
    const clipped = { accumulateGradBatches: 2, gradientClip: { norm: 1 }, valCheckInterval: 3 }
    const { profile } = await fit({ ...clipped, maxEpochs: 1 })
    const calls = Object.fromEntries(profile!.rows.map((row) => [row.name, row.calls]))
    expect(calls).toMatchObject({ gradients: 6 + 3, optimizer: 3, forward: 6, validation: 2 })
  })

  it('changes nothing of what is trained', async () => {
    const [plain, measured] = [toyModel(), toyModel()]
    await fit({ profile: false }, plain)
    await fit({}, measured)
    expect(weightsOf(measured)).toEqual(weightsOf(plain))
  })

  it('is off unless it is asked for, and writes no file where nothing is written', async () => {
    const off = await fit({ profile: false })
    expect(off.profile).toBeNull()
    expect(existsSync(join(off.runDir!, 'trace.json'))).toBe(false)
    const { profile, runDir } = await fit({ rootDir: false })
    expect(runDir).toBeNull()
    expect(profile!.rows.length).toBeGreaterThan(5)
  })
})
