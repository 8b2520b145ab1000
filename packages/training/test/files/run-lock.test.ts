import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { useBackend } from '@ductus/backend'
import { Classifier, Trainer } from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { processStart, thisMachine } from '../../src/files/process-identity.js'
import { RunLock } from '../../src/files/run-lock.js'
import { killed, startFitChild } from '../support/start-fit-child.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

const versionOf = (root: string): string => join(root, 'default', 'version_0')

function resume(rootDir: string, maxEpochs = 4) {
  const trainer = new Trainer({ rootDir, maxEpochs, accumulateGradBatches: 4, valCheckInterval: 4 })
  return trainer.fit(new Classifier(toyModel(), { lr: 0.01 }), toyData(), { resume: 'last' })
}

/** A run's folder with the lock of a process that is described. */
function lockedBy(own: object, ageSeconds = 0): string {
  const runDir = temporaryFolder()
  const holder = {
    format: 'ductus-run-lock',
    version: 1,
    host: hostname(),
    machine: thisMachine(),
    pid: process.pid,
    started: processStart(process.pid),
    since: '2026-01-02T03:04:05.000Z',
    id: 'other',
    ...own,
  }
  const path = join(runDir, 'run.lock')
  writeFileSync(path, JSON.stringify(holder))
  const at = Date.now() / 1000 - ageSeconds
  utimesSync(path, at, at)
  return runDir
}

beforeAll(() => useBackend('cpu').then(() => undefined))

describe('two processes and one run', () => {
  it('the second is told which holds it, and the first is not disturbed; killed, it is followed', async () => {
    const root = temporaryFolder()
    const run = versionOf(root)
    const child = await startFitChild(root, 100, join(run, 'checkpoints', 'last.json'))
    await expect(resume(root)).rejects.toMatchObject({
      code: 'RUN_IN_USE',
      message: expect.stringMatching(
        new RegExp(`process ${child.pid} on ${hostname()} since \\d{4}-\\d\\d-\\d\\dT`),
      ) as string,
    })
    expect(child.exitCode).toBe(null)
    await killed(child)
    expect(existsSync(join(run, 'run.lock'))).toBe(true)
    const { status, epochs } = await resume(root)
    expect([status, epochs]).toEqual(['completed', 4])
    expect(readdirSync(join(root, 'default'))).toEqual(['version_0'])
    expect(readdirSync(run).filter((name) => name.includes('lock'))).toEqual([])
    const steps = readFileSync(join(run, 'metrics.csv'), 'utf8').split('\n').slice(1, -1)
    const order = steps.map((row) => Number(row.split(',')[1]))
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  }, 120_000)

  it('a new run of each has a folder of its own', async () => {
    const root = temporaryFolder()
    const script = fileURLToPath(new URL('../support/create-run-child.ts', import.meta.url))
    const args = ['--import', 'tsx', '-C', '@ductus/source', script, root, '20']
    const run = promisify(execFile)
    const ended = await Promise.all([1, 2, 3].map(() => run(process.execPath, args)))
    const made = ended.flatMap(({ stdout }) => stdout.trim().split('\n').map(Number))
    expect(made.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i))
  }, 60_000)

  it('an error gives the run back', async () => {
    const root = temporaryFolder()
    const fails = { onTrainBatchEnd: () => Promise.reject(new Error('no')) }
    const trainer = new Trainer({ rootDir: root, callbacks: [fails] })
    await expect(trainer.fit(new Classifier(toyModel()), toyData())).rejects.toThrow('no')
    expect(existsSync(join(versionOf(root), 'run.lock'))).toBe(false)
  })
})

describe('a lock', () => {
  it.each([
    ['of a live process', {}, 3600, 'held'],
    ['of a process number that another process has now', { started: '1' }, 0, 'taken over'],
    ['of a process that is gone', { pid: 2 ** 22 + 1 }, 0, 'taken over'],
    ['of another host with a heartbeat', { host: 'elsewhere', machine: null }, 30, 'held'],
    ['of another host, a minute without', { host: 'elsewhere', machine: null }, 61, 'taken over'],
    ['of another container, with a heartbeat', { machine: 'other', pid: 2 ** 22 + 1 }, 30, 'held'],
    ['that says nothing we know, fresh', { version: 9 }, 30, 'held'],
    ['that says nothing we know, old', { version: 9 }, 61, 'taken over'],
  ])('%s', async (_, own, age, expected) => {
    const runDir = lockedBy(own, age)
    if (expected === 'held') {
      const message = 'version' in own ? 'another process' : 'since 2026-01-02T03:04:05.000Z'
      await expect(RunLock.take(runDir)).rejects.toThrow(message)
      return
    }
    const lock = await RunLock.take(runDir)
    expect(JSON.parse(readFileSync(join(runDir, 'run.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    })
    await lock.release()
    expect(readdirSync(runDir)).toEqual([])
  })

  it.each([0, 1, 2])('has one new holder of many that come at once, %i', async () => {
    const runDir = lockedBy({ started: '1' })
    const taken = await Promise.allSettled(Array.from({ length: 12 }, () => RunLock.take(runDir)))
    const locks = taken.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(locks).toHaveLength(1)
    for (const each of taken) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'RUN_IN_USE' })
    }
    await locks[0]!.assertHeld()
    await locks[0]!.release()
    expect(readdirSync(runDir)).toEqual([])
  })

  it('is taken over from one that died while it took over', async () => {
    const runDir = lockedBy({ started: '1' })
    const { createHash } = await import('node:crypto')
    const id = (text: string): string =>
      createHash('sha256').update(text).digest('hex').slice(0, 32)
    const dead = readFileSync(join(runDir, 'run.lock'), 'utf8')
    writeFileSync(join(runDir, `.run.lock.${id(dead)}.claim.tmp`), dead.replace('other', 'third'))
    const lock = await RunLock.take(runDir)
    await lock.release()
    expect(readdirSync(runDir)).toEqual([])
  })

  it('that another took over is known before the next checkpoint', async () => {
    const runDir = temporaryFolder()
    const lock = await RunLock.take(runDir)
    writeFileSync(join(runDir, 'run.lock'), 'of another')
    await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'RUN_IN_USE' })
    await lock.release()
    expect(readFileSync(join(runDir, 'run.lock'), 'utf8')).toBe('of another')
  })
})

it('what a killed process left half-written is cleared away when the run is taken up', async () => {
  const root = temporaryFolder()
  const { runDir, lastCheckpoint } = await new Trainer({ rootDir: root }).fit(
    new Classifier(toyModel()),
    toyData(),
  )
  const checkpoints = join(runDir!, 'checkpoints')
  const before = readdirSync(checkpoints).sort()
  mkdirSync(join(checkpoints, 'last-epoch=0-batch=3'))
  mkdirSync(join(checkpoints, '.epoch=0007.12.tmp', 'model'), { recursive: true })
  for (const name of ['.hparams.json.12.tmp', 'metrics.csv.tmp', 'trace.json.tmp', '.mine.tmp']) {
    writeFileSync(join(runDir!, name), 'half')
  }
  expect(lastCheckpoint).not.toBe(null)
  await resume(root, 1)
  expect(readdirSync(checkpoints).sort()).toEqual(before)
  expect(readdirSync(runDir!).filter((name) => name.endsWith('.tmp'))).toEqual(['.mine.tmp'])
})
