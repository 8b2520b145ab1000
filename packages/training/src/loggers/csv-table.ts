import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { appendWhole, replaceWhole } from '../files/run-file.js'
import { count } from '../files/state-schema.js'

/** Where a table stood: enough to cut what came later. */
export interface CsvTableState {
  columns: string[]
  rows: number
}

/** What a stored `CsvTableState` must look like. */
export const csvTableState = z.object({ columns: z.array(z.string()), rows: count })

/**
 * Keeps a CSV file: rows are appended as they come, and a column that shows up late rewrites the file under a new
 * header. What is in the file is there even if the process is killed.
 */
export class CsvTable {
  readonly path: string
  #columns: string[]
  #rows = 0

  /** Starts a new table, in place of what `path` held. */
  constructor(path: string, columns: readonly string[]) {
    this.path = path
    this.#columns = [...columns]
  }

  append(row: Readonly<Record<string, number | string | undefined>>): void {
    const late = Object.keys(row).filter((name) => !this.#columns.includes(name))
    if (late.length > 0) this.#widen(late)
    else if (this.#rows === 0) this.#replace([])
    appendWhole(this.path, `${this.#columns.map((name) => cell(row[name])).join(',')}\n`)
    this.#rows++
  }

  state(): CsvTableState {
    return { columns: [...this.#columns], rows: this.#rows }
  }

  /** Goes back to how the table stood, from the file that is there. */
  restore({ columns, rows }: CsvTableState): void {
    const lines = existsSync(this.path) ? this.#lines().slice(0, rows) : []
    this.#columns = [...columns]
    this.#rows = lines.length
    this.#replace(lines.map((line) => cut(line, columns.length)))
  }

  #widen(late: readonly string[]): void {
    const lines = this.#rows === 0 ? [] : this.#lines()
    this.#columns = [...this.#columns, ...late]
    this.#replace(lines.map((line) => line + ','.repeat(late.length)))
  }

  #lines(): string[] {
    // Rows hold no line breaks: numbers, and names that we quote ourselves.
    return readFileSync(this.path, 'utf8').split('\n').slice(1, -1)
  }

  #replace(lines: readonly string[]): void {
    const header = this.#columns.map(quoted).join(',')
    replaceWhole(this.path, [header, ...lines, ''].join('\n'))
  }
}

function cell(value: number | string | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'number' ? String(value) : quoted(value)
}

function quoted(text: string): string {
  // A row is a line: what breaks lines becomes a space.
  const line = text.replaceAll(/\r\n|[\r\n]/g, ' ')
  return line !== text || /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line
}

/** Drops cells of columns that came later: they are empty in rows before them. */
function cut(line: string, columns: number): string {
  return line.split(',').slice(0, columns).join(',')
}
