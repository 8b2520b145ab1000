import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import { Classifier, CSVLogger, Trainer, type Logger } from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

async function fit(broken: Partial<Logger>) {
  const reporter = new RecordingReporter()
  const loggers = [{ name: 'broken', log() {}, ...broken }, new CSVLogger()]
  const trainer = new Trainer({ maxEpochs: 2, rootDir: temporaryFolder(), loggers, reporter })
  const result = await trainer.fit(new Classifier(toyModel()), toyData())
  const rows = readFileSync(join(result.runDir!, 'metrics.csv'), 'utf8').trim().split('\n')
  return { result, reporter, rows: rows.length - 1 }
}

const fail = (): never => {
  throw new Error('no room')
}

describe('a logger that fails in a run', () => {
  it.each([
    ['log', { log: fail }],
    ['log, later', { log: async () => fail() }],
    ['flush', { flush: fail }],
    ['close', { close: async () => fail() }],
  ])('is warned of once, and the run and its other loggers continue: %s', async (_, broken) => {
    const whole = await fit({})
    const { result, reporter, rows } = await fit(broken)
    expect(result.status).toBe('completed')
    expect(reporter.warnings).toEqual([
      'Logger broken: no room. The run continues without this logger.',
    ])
    expect(rows).toBe(whole.rows)
  })

  it('ends the fit before it trains where it cannot open', async () => {
    await expect(fit({ open: fail })).rejects.toThrow('no room')
  })
})
