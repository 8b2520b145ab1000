import { failure, usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'

/** What is looked for in a file. */
export interface Wanted<T> {
  path: string
  /** The export meant, where `#Name` said it. */
  exportName: string | undefined
  /** What it must be, for the error. */
  what: string
  /** The option that named the file, for the error. */
  option: string
  is: (value: unknown) => value is T
}

/**
 * Picks the export that is meant: the one named, else the default one, else the only one that fits.
 *
 * @throws CliError when none or several fit
 */
export function pickExport<T>(exported: Record<string, unknown>, wanted: Wanted<T>): T {
  const { path, exportName, what, option, is } = wanted
  const all = withDefault(exported)
  if (exportName !== undefined) {
    if (!(exportName in all)) {
      throw usageError(`"${path}": ${unknownName('export', exportName, Object.keys(all))}`)
    }
    const value = all[exportName]
    if (is(value)) return value
    throw failure(`"${path}": expected the export ${exportName} to be ${what}.`)
  }
  if (is(all.default)) return all.default
  const fitting = Object.entries(all).filter((entry): entry is [string, T] => is(entry[1]))
  const [first, second] = fitting
  if (!first) throw failure(`"${path}": expected an export that is ${what}, found none.`)
  if (second) {
    const names = fitting.map(([name]) => name).join(', ')
    throw usageError(
      `"${path}" has several (${names}). Say which: --${option} ${path}#${first[0]}.`,
    )
  }
  return first[1]
}

/** A CommonJS file's exports are the properties of its default export. */
function withDefault(exported: Record<string, unknown>): Record<string, unknown> {
  const { default: main } = exported
  const isBag = typeof main === 'object' && main !== null && Object.keys(exported).length === 1
  return isBag ? { ...(main as Record<string, unknown>), default: main } : { ...exported }
}
