import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LayerActivations } from '../charts/activation-stats.js'
import type { LrSweep } from '../charts/lr-finder-curve.js'
import type { Confusion } from '../results/confusion.js'
import { parseCsv } from './parse-csv.js'
import {
  readSampleReadings,
  sampleReadingsFolder,
  type SampleReadings,
} from './read-sample-readings.js'

/** What callbacks recorded into a run folder, each in a file of its own. */
export interface RecordedData {
  /** The loss at every n-th step (loss-history.csv). */
  lossHistory?: { steps: number[]; losses: number[] }
  /** What each layer gave (activation-stats.csv). */
  activations?: LayerActivations[]
  /** Speed and memory by step (throughput.csv). */
  throughput?: { steps: number[]; samplesPerSecond: number[]; rssBytes: number[] }
  /** The sweep that chose the learning rate (lr-sweep.json). */
  lrSweep?: LrSweep
  /** Signs that the last fit didn't learn, and what to try next (findings.json). */
  findings?: { message: string; tryNext: string }[]
  /** What the last validation or test took for what (confusion-matrix.jsonl). */
  confusion?: Confusion & { stage: string }
  /** How the same few samples were read at each validation (sample-predictions/). */
  sampleReadings?: SampleReadings
}

/** The files that `readRecorded` reads, and whose change is news. */
export const recordedFiles = [
  'loss-history.csv',
  'activation-stats.csv',
  'throughput.csv',
  'lr-sweep.json',
  'findings.json',
  'confusion-matrix.jsonl',
  `${sampleReadingsFolder}/index.jsonl`,
] as const

/** Reads what callbacks recorded; half-written rows are left out, a damaged file too, and noted. */
export async function readRecorded(
  path: string,
  files: readonly string[],
  notes: string[],
): Promise<RecordedData> {
  const table = async (name: string) => {
    if (!files.includes(name)) return undefined
    const { columns, rows, cutOff } = parseCsv(await readFile(join(path, name), 'utf8'))
    if (cutOff) notes.push(`The last row of ${name} is half-written and was left out.`)
    if (rows.length === 0) return undefined
    const numbers = (column: string, of = rows) => {
      const at = columns.indexOf(column)
      return of.map((cells) => (cells[at] ? Number(cells[at]) : Number.NaN))
    }
    return { rows, columns, numbers }
  }
  const losses = await table('loss-history.csv')
  const layers = await table('activation-stats.csv')
  const speed = await table('throughput.csv')
  const lrSweep = files.includes('lr-sweep.json') ? await readSweep(path, notes) : undefined
  const findings = files.includes('findings.json') ? await readFindings(path, notes) : undefined
  const confusion = files.includes('confusion-matrix.jsonl')
    ? await readConfusion(path, notes)
    : undefined
  const sampleReadings = files.includes(sampleReadingsFolder)
    ? await readSampleReadings(path, notes)
    : undefined
  return {
    ...(losses
      ? { lossHistory: { steps: losses.numbers('step'), losses: losses.numbers('loss') } }
      : {}),
    ...(layers ? { activations: byLayer(layers) } : {}),
    ...(speed
      ? {
          throughput: {
            steps: speed.numbers('step'),
            samplesPerSecond: speed.numbers('samplesPerSecond'),
            rssBytes: speed.numbers('rssBytes'),
          },
        }
      : {}),
    ...(lrSweep ? { lrSweep } : {}),
    ...(findings ? { findings } : {}),
    ...(confusion ? { confusion } : {}),
    ...(sampleReadings ? { sampleReadings } : {}),
  }
}

function byLayer(table: {
  rows: string[][]
  columns: string[]
  numbers: (column: string, of?: string[][]) => number[]
}): LayerActivations[] {
  const at = table.columns.indexOf('layer')
  const names = [...new Set(table.rows.map((cells) => cells[at] ?? ''))]
  return names.map((layer) => {
    const rows = table.rows.filter((cells) => cells[at] === layer)
    const numbers = (column: string) => table.numbers(column, rows)
    const saturated = numbers('saturatedShare')
    return {
      layer,
      steps: numbers('step'),
      mean: numbers('mean'),
      std: numbers('std'),
      deadShare: numbers('deadShare'),
      ...(saturated.some(Number.isFinite) ? { saturatedShare: saturated } : {}),
    }
  })
}

async function readSweep(path: string, notes: string[]): Promise<LrSweep | undefined> {
  try {
    const value = JSON.parse(await readFile(join(path, 'lr-sweep.json'), 'utf8')) as {
      format?: unknown
      lr?: number[]
      loss?: (number | null)[]
      smoothed?: (number | null)[]
      suggestion?: number
    }
    const { lr, loss, smoothed, suggestion } = value
    if (value.format !== 'ductus-lr-sweep' || !lr || loss?.length !== lr.length) {
      throw new Error('it is no sweep')
    }
    const numbers = (list: readonly (number | null)[]) => list.map((one) => one ?? Number.NaN)
    return {
      lr,
      loss: numbers(loss),
      ...(smoothed?.length === lr.length ? { smoothed: numbers(smoothed) } : {}),
      ...(suggestion === undefined ? {} : { suggestion }),
    }
  } catch (cause) {
    notes.push(`lr-sweep.json was left out: ${(cause as Error).message}.`)
    return undefined
  }
}

async function readFindings(path: string, notes: string[]): Promise<RecordedData['findings']> {
  try {
    const value = JSON.parse(await readFile(join(path, 'findings.json'), 'utf8')) as {
      format?: unknown
      version?: unknown
      findings?: { message?: unknown; tryNext?: unknown }[]
    } | null
    const { format, version, findings } = value ?? {}
    if (format !== 'ductus-findings' || !Array.isArray(findings)) throw new Error('it has none')
    if (version !== 1) throw new Error(`expected version 1, received ${JSON.stringify(version)}`)
    return findings.map((one) => {
      const { message, tryNext } = one
      if (typeof message === 'string' && typeof tryNext === 'string') return { message, tryNext }
      throw new Error('a finding without message and tryNext')
    })
  } catch (cause) {
    notes.push(`findings.json was left out: ${(cause as Error).message}.`)
    return undefined
  }
}

async function readConfusion(
  path: string,
  notes: string[],
): Promise<(Confusion & { stage: string }) | undefined> {
  const text = await readFile(join(path, 'confusion-matrix.jsonl'), 'utf8')
  // what follows the last line break is half-written
  const lines = text.split('\n').slice(0, -1)
  try {
    const head = JSON.parse(lines[0] ?? '{}') as { format?: unknown; classes?: string[] | null }
    if (head.format !== 'ductus-confusion-matrix') throw new Error('it is no confusion matrix')
    const last = lines.length > 1 ? lines.at(-1) : undefined
    if (last === undefined) return undefined
    const { stage, counts } = JSON.parse(last) as { stage: string; counts: number[][] }
    const rows = Array.isArray(counts) ? counts : []
    const names = head.classes ?? rows.map((_row, i) => String(i))
    const fits = (row: unknown): boolean =>
      Array.isArray(row) &&
      row.length === names.length &&
      row.every((count) => Number.isInteger(count) && count >= 0)
    const isText = (value: unknown): boolean => typeof value === 'string'
    if (!isText(stage) || !names.every(isText) || names.length !== rows.length || !rows.every(fits))
      throw new Error('its classes and counts do not match')
    return { stage, counts, names }
  } catch (cause) {
    notes.push(`confusion-matrix.jsonl was left out: ${(cause as Error).message}.`)
    return undefined
  }
}
