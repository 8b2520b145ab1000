import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { appendWhole, replaceWhole } from './run-file.js'
import { count } from './state-schema.js'

/** How many rows a file of JSON lines had: enough to cut what came later. */
export interface JsonLinesState {
  rows: number
}

/** What a stored `JsonLinesState` must look like. */
export const jsonLinesState = z.object({ rows: count })

/** Keeps a file of JSON lines: a header that names the format, then a row a line, there even if the process is killed. */
export class JsonLines {
  readonly path: string
  readonly #header: string
  #rows = 0

  constructor(path: string, header: object) {
    this.path = path
    this.#header = `${JSON.stringify(header)}\n`
  }

  /** Starts anew, in place of what was there. */
  start(): void {
    this.#replace([])
  }

  /** Goes back to how the file stood. */
  restore({ rows }: JsonLinesState): void {
    const text = existsSync(this.path) ? readFileSync(this.path, 'utf8') : ''
    this.#replace(text.split('\n').slice(1, -1).slice(0, rows))
  }

  append(row: object): void {
    appendWhole(this.path, `${JSON.stringify(row)}\n`)
    this.#rows++
  }

  state(): JsonLinesState {
    return { rows: this.#rows }
  }

  #replace(lines: readonly string[]): void {
    mkdirSync(dirname(this.path), { recursive: true })
    replaceWhole(this.path, this.#header + lines.map((line) => `${line}\n`).join(''))
    this.#rows = lines.length
  }
}
