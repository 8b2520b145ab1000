import type { StateSchema } from '../files/state-schema.js'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonLinesState } from '../files/json-lines.js'
import type { LoggedRun, Logger, LogRow } from './logger.js'

/**
 * Writes `metrics.jsonl`: a line of JSON a row, with `kind`, `epoch`, `step`, `samples` and the metrics by name. No clock
 * in it, as in `metrics.csv`. What is not finite is null.
 */
export class JSONLLogger implements Logger {
  readonly name = 'jsonl'
  readonly stateSchema: StateSchema = jsonLinesState
  #path = ''
  #rows = 0

  open({ runDir, resumed }: LoggedRun): void {
    this.#path = join(runDir, 'metrics.jsonl')
    this.#rows = 0
    if (!resumed) writeFileSync(this.#path, '')
  }

  log({ kind, epoch, step, samples, metrics }: LogRow): void {
    appendFileSync(this.#path, `${JSON.stringify({ kind, epoch, step, samples, ...metrics })}\n`)
    this.#rows++
  }

  state(): { rows: number } {
    return { rows: this.#rows }
  }

  restore(state: unknown): void {
    this.#rows = (state as { rows: number }).rows
    const lines = readFileSync(this.#path, 'utf8').split('\n').slice(0, this.#rows)
    writeFileSync(this.#path, lines.map((line) => `${line}\n`).join(''))
  }
}
