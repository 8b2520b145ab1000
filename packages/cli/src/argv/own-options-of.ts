import { findDataClass } from '../classes/find-data-class.js'
import { findModelClass } from '../classes/find-model-class.js'
import { trainedData } from '../checkpoints/data-of-checkpoint.js'
import type { CommandSpec, OwnOptions } from '../options/command-spec.js'
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
    const name =
      named ??
      (isUsual && !namedOnly ? usual[what] : undefined) ??
      (what === 'data' && !namedOnly && !isUsual ? await trainedDataOf(spec, argv) : undefined)
    if (name === undefined) continue
    const found = await (what === 'model' ? findModelClass(name) : findDataClass(name))
    sets.push({ what, name: found.name, options: await found.ownOptions() })
  }
  return sets
}

/** Reads which of the catalog's data a command's checkpoint was trained on, where the command takes one. */
async function trainedDataOf(
  { options }: CommandSpec,
  argv: readonly string[],
): Promise<string | undefined> {
  if (!options.checkpoint || !options.data) return undefined
  const [rootDir, name] = [scanOption(argv, 'root-dir'), scanOption(argv, 'name')]
  const { TrainingError, findCheckpoint, readCheckpoint } = await import('@ductus/training')
  try {
    const path = await findCheckpoint(scanOption(argv, 'checkpoint'), { rootDir, name })
    return trainedData(await readCheckpoint(path)).entry
  } catch (error) {
    // The command itself says what is wrong with its checkpoint.
    if (error instanceof TrainingError) return undefined
    throw error
  }
}

/** Finds the first word after the command's own that is no option nor an option's value. */
function positional(argv: readonly string[], skip: number): string | undefined {
  return argv.filter((token, i) => {
    const before = argv[i - 1] ?? ''
    return !token.startsWith('-') && !(before.startsWith('--') && !before.includes('='))
  })[skip]
}
