import type { StateSchema } from '../files/state-schema.js'
import { join } from 'node:path'
import { z } from 'zod'
import { CsvTable, csvTableState, type CsvTableState } from './csv-table.js'
import type { LoggedRun, Logger, LogRow } from './logger.js'

/**
 * Writes `metrics.csv` (epoch, step, samples, then a column a metric; no clock in it, so that two equal runs have equal
 * files) and `time.csv` (when each epoch and validation ended, samples a second, and
 * the share of training's time that waited for data).
 */
export class CSVLogger implements Logger {
  readonly name = 'csv'
  readonly stateSchema: StateSchema = z.object({
    metrics: csvTableState.optional(),
    time: csvTableState.optional(),
  })
  #metrics: CsvTable | undefined
  #time: CsvTable | undefined

  open({ runDir }: LoggedRun): void {
    this.#metrics = new CsvTable(join(runDir, 'metrics.csv'), ['epoch', 'step', 'samples'])
    this.#time = new CsvTable(join(runDir, 'time.csv'), [
      'epoch',
      'step',
      'kind',
      'seconds',
      'samplesPerSecond',
      'waitedForData',
    ])
  }

  log({ kind, epoch, step, samples, metrics, seconds, ...rates }: LogRow): void {
    this.#metrics?.append({ epoch, step, samples, ...metrics })
    if (kind === 'step') return
    this.#time?.append({
      epoch,
      step,
      kind,
      seconds: round(seconds),
      samplesPerSecond: round(rates.samplesPerSecond),
      waitedForData: round(rates.waitedForData),
    })
  }

  state(): unknown {
    return { metrics: this.#metrics?.state(), time: this.#time?.state() }
  }

  restore(state: unknown): void {
    const { metrics, time } = state as { metrics?: CsvTableState; time?: CsvTableState }
    if (metrics) this.#metrics?.restore(metrics)
    if (time) this.#time?.restore(time)
  }
}

function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 1000) / 1000
}
