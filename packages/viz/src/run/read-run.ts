import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { VizError } from '../viz-error.js'
import { MetricTable } from './metric-table.js'
import { parseCsv } from './parse-csv.js'
import { readHparams } from './read-hparams.js'
import { readRecorded, type RecordedData } from './read-recorded.js'

/** When an epoch, a validation or a test ended, and how fast it went (time.csv). */
export interface TimeRow {
  epoch: number
  step: number
  kind: string
  /** Seconds since the process began the run. */
  seconds: number
  samplesPerSecond: number | undefined
  /** Share of an epoch's training that waited for data, 0 to 1. */
  waitedForData: number | undefined
}

/** A run folder as far as pictures need it. */
export interface RunData extends RecordedData {
  folder: string
  /** `name/version_N`. */
  name: string
  hparams: Readonly<Record<string, unknown>>
  metrics: MetricTable
  time: readonly TimeRow[]
  /** What is missing or half-written, in words for the reader of a report. */
  notes: readonly string[]
}

/**
 * Reads a run folder by its documented files: hparams.json, metrics.csv, time.csv, and what callbacks recorded. A half-written
 * last row is left out and noted; a folder without any of the files is refused.
 *
 * @throws VizError `run` where the folder is missing, is no run, or holds damaged files
 */
export async function readRun(folder: string): Promise<RunData> {
  const path = resolve(folder)
  const files = await filesOf(path)
  const notes: string[] = []
  if (!files.includes('metrics.csv') && !files.includes('hparams.json')) {
    const versions = files.filter((name) => /^version_\d+$/.test(name)).sort(byNumber)
    throw new VizError(
      'run',
      `Run: expected a run folder with hparams.json and metrics.csv, received "${folder}" with neither. ` +
        (versions.length > 0
          ? `Name one of its versions, such as "${join(folder, versions.at(-1) ?? '')}".`
          : 'Name a folder such as runs/default/version_0.'),
    )
  }
  const hparams = files.includes('hparams.json') ? await readHparams(path) : {}
  if (!files.includes('hparams.json'))
    notes.push('There is no hparams.json: the settings are not known.')
  const metrics = new MetricTable(await csvOf(path, 'metrics.csv', files, notes))
  if (metrics.rows.length === 0) notes.push('No metrics have been written yet.')
  const timeTable = files.includes('time.csv')
    ? parseCsv(await readFile(join(path, 'time.csv'), 'utf8'))
    : { columns: [] as string[], rows: [] as string[][] }
  const column = (name: string) => timeTable.columns.indexOf(name)
  const [epoch, step, kind, seconds, speed, waited] = [
    column('epoch'),
    column('step'),
    column('kind'),
    column('seconds'),
    column('samplesPerSecond'),
    column('waitedForData'),
  ]
  const time = timeTable.rows.map((cells) => ({
    epoch: Number(cells[epoch]),
    step: Number(cells[step]),
    kind: cells[kind] ?? '',
    seconds: Number(cells[seconds]),
    samplesPerSecond: cells[speed] ? Number(cells[speed]) : undefined,
    waitedForData: cells[waited] ? Number(cells[waited]) : undefined,
  }))
  const recorded = await readRecorded(path, files, notes)
  return {
    folder: path,
    name: `${basename(dirname(path))}/${basename(path)}`,
    hparams,
    metrics,
    time,
    ...recorded,
    notes,
  }
}

async function filesOf(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) throw new Error('it is a file')
    return await readdir(path)
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new VizError(
      'run',
      `Run: expected a run folder, received "${path}", ${missing ? 'which does not exist' : String((cause as Error).message)}. ` +
        'Name a folder such as runs/default/version_0.',
      cause,
    )
  }
}

const byNumber = (a: string, b: string) => Number(a.split('_')[1]) - Number(b.split('_')[1])

async function csvOf(path: string, name: string, files: string[], notes: string[]) {
  if (!files.includes(name)) return { columns: [], rows: [], cutOff: false }
  const table = parseCsv(await readFile(join(path, name), 'utf8'))
  if (table.cutOff) notes.push(`The last row of ${name} is half-written and was left out.`)
  return table
}
