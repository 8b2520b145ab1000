import { findDataClass } from '../classes/find-data-class.js'
import { findModelClass } from '../classes/find-model-class.js'
import type { OwnOptions } from '../options/command-spec.js'
import type { NamedCommand } from '../options/command-table.js'
import type { OwnOption } from '../options/own-option.js'
import { scanOption } from './normalize-argv.js'

/** The own options of one class. */
export interface OwnOptionSet {
  what: OwnOptions
  name: string
  options: OwnOption[]
}

const usual: Record<OwnOptions, string> = { model: 'MLP', data: 'MNIST' }

/**
 * Loads the options of the classes that a command line names. With `namedOnly`, the usual classes are left out: plain
 * help stays light.
 *
 * @param argv normalised as far as the table goes
 * @throws CliError for an unknown name
 */
export async function ownOptionsOf(
  { path, spec }: NamedCommand,
  argv: readonly string[],
  namedOnly: boolean,
): Promise<OwnOptionSet[]> {
  const sets: OwnOptionSet[] = []
  for (const what of spec.own) {
    const named = spec.argNames === what ? positional(argv, path.length) : scanOption(argv, what)
    const isUsual = spec.options[what]?.default === usual[what]
    const name = named ?? (isUsual && !namedOnly ? usual[what] : undefined)
    if (name === undefined) continue
    const found = await (what === 'model' ? findModelClass(name) : findDataClass(name))
    sets.push({ what, name: found.name, options: await found.ownOptions() })
  }
  return sets
}

/** Finds the first word after the command's own that is no option nor an option's value. */
function positional(argv: readonly string[], skip: number): string | undefined {
  return argv.filter((token, i) => {
    const before = argv[i - 1] ?? ''
    return !token.startsWith('-') && !(before.startsWith('--') && !before.includes('='))
  })[skip]
}
