import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonLinesState } from '../files/json-lines.js'
import { appendWhole, replaceWhole } from '../files/run-file.js'
import type { StateSchema } from '../files/state-schema.js'
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
    if (!resumed) replaceWhole(this.#path, '')
  }

  log({ kind, epoch, step, samples, metrics }: LogRow): void {
    appendWhole(this.#path, `${JSON.stringify({ kind, epoch, step, samples, ...metrics })}\n`)
    this.#rows++
  }

  state(): { rows: number } {
    return { rows: this.#rows }
  }

  restore(state: unknown): void {
    const { rows } = state as { rows: number }
    const text = existsSync(this.#path) ? readFileSync(this.#path, 'utf8') : ''
    const lines = text.split('\n').slice(0, -1).slice(0, rows)
    this.#rows = lines.length
    replaceWhole(this.#path, lines.map((line) => `${line}\n`).join(''))
  }
}
