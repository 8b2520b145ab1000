import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CSVLogger, silentReporter, type LogRow } from '@ductus/training'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'

const run = (runDir: string) => ({
  ...{ runDir, name: 'x', version: 0, hparams: {} },
  ...{ resumed: false, reporter: silentReporter },
})

function row(
  step: number,
  metrics: Record<string, number>,
  kind: LogRow['kind'] = 'epoch',
): LogRow {
  return {
    kind,
    epoch: 0,
    step,
    samples: 10 * step,
    metrics,
    seconds: 1.23456,
    samplesPerSecond: 99.5,
    waitedForData: 0.0625,
  }
}

function open(folder: string): CSVLogger {
  const logger = new CSVLogger()
  logger.open(run(folder))
  return logger
}

it('writes a column a metric, and no clock', () => {
  const folder = temporaryFolder()
  const logger = open(folder)
  logger.log(row(1, { 'train/loss': 0.5 }))
  logger.log(row(2, { 'train/loss': 0.25 }))
  expect(readFileSync(join(folder, 'metrics.csv'), 'utf8')).toBe(
    'epoch,step,samples,train/loss\n0,1,10,0.5\n0,2,20,0.25\n',
  )
  expect(readFileSync(join(folder, 'time.csv'), 'utf8')).toBe(
    'epoch,step,kind,seconds,samplesPerSecond,waitedForData\n' +
      '0,1,epoch,1.235,99.5,0.063\n0,2,epoch,1.235,99.5,0.063\n',
  )
})

it('rewrites the header for a late key', () => {
  const folder = temporaryFolder()
  const logger = open(folder)
  logger.log(row(1, { a: 1 }))
  logger.log(row(2, { b: 2, 'c,d': 3 }))
  expect(readFileSync(join(folder, 'metrics.csv'), 'utf8')).toBe(
    'epoch,step,samples,a,b,"c,d"\n0,1,10,1,,\n0,2,20,,2,3\n',
  )
})

it('cuts rows and columns past a checkpoint', () => {
  const folder = temporaryFolder()
  const logger = open(folder)
  logger.log(row(1, { a: 1 }))
  const state = JSON.parse(JSON.stringify(logger.state())) as unknown
  const before = readFileSync(join(folder, 'metrics.csv'), 'utf8')
  logger.log(row(2, { b: 2 }))
  const again = open(folder)
  again.restore(state)
  expect(readFileSync(join(folder, 'metrics.csv'), 'utf8')).toBe(before)
  again.log(row(2, { b: 3 }))
  expect(readFileSync(join(folder, 'metrics.csv'), 'utf8')).toBe(
    'epoch,step,samples,a,b\n0,1,10,1,\n0,2,20,,3\n',
  )
})

it('keeps its header one line whatever the metrics are called', () => {
  const folder = temporaryFolder()
  const logger = open(folder)
  logger.log(row(1, { 'a\rb': 1, 'c\r\nd': 2, 'e,"f"': 3 }))
  expect(readFileSync(join(folder, 'metrics.csv'), 'utf8')).toBe(
    'epoch,step,samples,"a b","c d","e,""f"""\n0,1,10,1,2,3\n',
  )
})
