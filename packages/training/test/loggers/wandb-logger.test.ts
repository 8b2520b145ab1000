import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  Classifier,
  Trainer,
  WandbLogger,
  type FitResult,
  type WandbLoggerOptions,
} from '@ductus/training'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

const here = process.cwd()
const { WANDB_PROJECT: project, WANDB_ENTITY: entity } = process.env

beforeAll(async () => {
  await useBackend('cpu')
  delete process.env.WANDB_PROJECT
  delete process.env.WANDB_ENTITY
})

afterEach(() => {
  process.chdir(here)
  if (project !== undefined) process.env.WANDB_PROJECT = project
  if (entity !== undefined) process.env.WANDB_ENTITY = entity
})

/** What stands in `node_modules` for the package: it keeps what it is told, and grabs Ctrl-C as the real one does. */
const standIn = (log: string): string => `
import { appendFileSync } from 'node:fs'
const say = (...call) => appendFileSync(${JSON.stringify(log)}, JSON.stringify(call) + '\\n')
export default {
  async init(options) {
    say('init', options)
    if (options.project === 'forbidden') throw new Error('permission denied')
    process.once('SIGINT', () => process.exit())
    return {
      log(data) { data._step = 0; say('log', data) },
      async finish(code) { say('finish', code) },
      url: () => 'https://wandb.example/toy',
    }
  },
}
`

/** Fits and tests in a folder that has the package installed, or not. */
async function fit(options: WandbLoggerOptions & { fail?: boolean }, installed = true) {
  const folder = temporaryFolder()
  const own = join(folder, 'node_modules', '@wandb', 'sdk')
  if (installed) {
    mkdirSync(own, { recursive: true })
    writeFileSync(join(own, 'index.js'), standIn(join(folder, 'calls.jsonl')))
    const manifest = { name: '@wandb/sdk', type: 'module', exports: './index.js' }
    writeFileSync(join(own, 'package.json'), JSON.stringify(manifest))
  }
  process.chdir(folder)
  const logger = new WandbLogger(options)
  const reporter = new RecordingReporter()
  const onEpochEnd = (): Promise<void> =>
    options.fail === true ? Promise.reject(new Error('full')) : Promise.resolve()
  const trainer = new Trainer({
    ...{ maxEpochs: 2, logEveryNSteps: 3, name: 'toy', seed: 7, rootDir: folder, reporter },
    ...{ loggers: [logger], callbacks: [{ onEpochEnd }] },
  })
  const handlers = process.listenerCount('SIGINT')
  const fitted = await trainer.fit(new Classifier(toyModel()), toyData()).catch(String)
  // Ctrl-C stays with whoever owns the process.
  expect(process.listenerCount('SIGINT')).toBe(handlers)
  const test = typeof fitted === 'string' ? undefined : await trainer.test()
  await logger.finish()
  const log = join(folder, 'calls.jsonl')
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
  const calls = lines.map((line) => JSON.parse(line) as [string, unknown])
  return { fitted, test, calls, reporter }
}

describe('WandbLogger', () => {
  it('begins a run of the installed package, logs every row with its step, and ends it', async () => {
    const { fitted, test, calls, reporter } = await fit({ finishAfterFit: false })
    const [init, ...rest] = calls
    expect(init).toMatchObject([
      'init',
      {
        project: 'toy',
        name: 'toy/version_0',
        config: { seed: 7, 'trainer.maxEpochs': 2, 'module.optimizer': 'Adam' },
        settings: { silent: true },
      },
    ])
    expect(rest.at(-1)).toEqual(['finish', 0])
    const rows = rest.slice(0, -1).map(([call, data]) => {
      expect(call).toBe('log')
      return data as Record<string, number>
    })
    expect(rows.map((row) => row['trainer/global_step'])).toEqual([3, 6, 6, 9, 12, 12, 12])
    expect(rows[5]).toMatchObject({ epoch: 1, samples: 220, ...(fitted as FitResult).metrics })
    expect(rows[6]).toMatchObject(test!.metrics)
    expect(reporter.infos).toContain('Weights & Biases: https://wandb.example/toy')
  })

  it('ends the run with the fit where it is not told to wait, and says what that leaves out', async () => {
    const { calls, reporter } = await fit({ project: 'digits', entity: 'us', name: 'first' })
    expect(calls[0]).toMatchObject(['init', { project: 'digits', entity: 'us', name: 'first' }])
    expect(calls.at(-1)).toEqual(['finish', 0])
    expect(calls.filter(([call]) => call === 'log')).toHaveLength(6)
    expect(reporter.warnings).toHaveLength(1)
    expect(reporter.warnings[0]).toMatch(/^WandbLogger: its run has ended/)
  })

  it('ends the run of a fit that failed as failed', async () => {
    const { fitted, calls } = await fit({ fail: true, finishAfterFit: false })
    expect(fitted).toContain('full')
    expect(calls.at(-1)).toEqual(['finish', 1])
  })

  it('says how to install the package, and what kept it from beginning', async () => {
    expect((await fit({}, false)).fitted).toMatch(
      /WandbLogger: expected the package @wandb\/sdk to be installed.*npm install @wandb\/sdk graphql$/s,
    )
    const { fitted: refused } = await fit({ project: 'forbidden' })
    expect(refused).toContain('received permission denied. Set WANDB_API_KEY')
  })
})
