import type { RunData } from '../run/read-run.js'
import { panel, type ReportSection } from './run-sections.js'
import { table } from './table.js'

/** Parts of hparams.json under a heading of their own, in the order of the page. */
const groups: readonly [key: string, heading: string][] = [
  ['', 'The run'],
  ['trainer', 'Trainer'],
  ['module', 'Learning'],
  ['models', 'Model'],
  ['data', 'Data'],
  ['hparams', 'As the command was given'],
]

/** What stands elsewhere in the report, or says nothing of the run: versions, the words of the command line. */
const elsewhere = new Set(['format', 'version', 'software', 'hparams.argv'])

/** Lists the run's settings by what they set, nested ones by dotted names. */
export function settingsSection(run: RunData): ReportSection | undefined {
  const named = new Set(groups.map(([key]) => key))
  const entries = Object.entries(run.hparams).filter(([key]) => !elsewhere.has(key))
  const parts = groups.flatMap(([group, heading]) => {
    const rows =
      group === ''
        ? flatten(Object.fromEntries(entries.filter(([key]) => !named.has(key))))
        : flatten(Object.fromEntries(entries.filter(([key]) => key === group))).map(
            ([name, text]): [string, string] => [shortName(name), text],
          )
    if (rows.length === 0) return []
    return [panel(heading, table({ columns: ['Setting', 'Value'], rows }))]
  })
  if (parts.length === 0) return undefined
  return { id: 'settings', heading: 'Settings', body: parts.join('\n') }
}

/** Leaves out what the heading says: the group, and of the one model of a Classifier its key. */
function shortName(name: string): string {
  return name.replace(/^(models\.model|[^.]*)\./, '')
}

function flatten(value: Readonly<Record<string, unknown>>, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, one]): [string, string][] => {
    const name = prefix === '' ? key : `${prefix}.${key}`
    if (elsewhere.has(name)) return []
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) {
      return flatten(one as Record<string, unknown>, name)
    }
    const text = shownValue(one)
    return text === undefined ? [] : [[name, text.length > 400 ? `${text.slice(0, 400)}…` : text]]
  })
}

/** Writes a setting as a person would: a list of characters or numbers with spaces, of words with commas, else JSON. */
function shownValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  const isPlain = (one: unknown) => typeof one === 'string' || typeof one === 'number'
  if (!Array.isArray(value) || !value.every(isPlain)) return JSON.stringify(value)
  const words = value.every((one) => typeof one === 'string' && /^[A-Za-z]{2,}/.test(one))
  return value.join(words ? ', ' : ' ')
}
