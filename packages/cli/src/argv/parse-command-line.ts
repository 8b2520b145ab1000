import { CommanderError } from 'commander'
import { exitCodes } from '../errors/exit-code.js'
import type { CommandCall, CommandSpec } from '../options/command-spec.js'
import type { NamedCommand } from '../options/command-table.js'
import type { CliIo } from '../terminal/cli-io.js'
import { version } from '../version.js'
import { buildProgram } from './build-program.js'
import type { ParsedCommand } from './build-program.js'
import { expandConfig } from './expand-config.js'
import { findCommand } from './find-command.js'
import { normalizeArgv } from './normalize-argv.js'
import { ownOptionsOf } from './own-options-of.js'
import type { OwnOptionSet } from './own-options-of.js'
import { parseError } from './parse-error.js'

/** A command line once read: a command to run, or one that help or the version answered. */
export type CommandLine =
  | { kind: 'answered'; exitCode: number }
  | { kind: 'call'; command: NamedCommand; call: CommandCall }

/**
 * Reads a command line by the option table and by the options of the classes that it names.
 *
 * @throws CliError with code `usage`
 */
export async function parseCommandLine(typed: readonly string[], io: CliIo): Promise<CommandLine> {
  const found = findCommand(typed)
  const known = new Map(Object.entries(found?.spec.options ?? {}))
  const argv =
    found && known.has('config')
      ? await expandConfig(normalizeArgv(typed, known), found.path.length, known)
      : typed
  const wantsHelp = argv.some((token) => token === '--help' || token === '-h')
  const rough = normalizeArgv(argv, known)
  const own = found ? await ownOptionsOf(found, rough, wantsHelp) : []
  const extras = distinct(own, known)
  for (const { name, spec } of extras) known.set(name, spec)

  const line = normalizeArgv(argv, known)
  let called: { command: NamedCommand; parsed: ParsedCommand } | undefined
  const errors: string[] = []
  const program = buildProgram(
    version,
    { out: io.stdout, errors },
    { command: found?.spec, options: extras },
    (command, parsed) => (called = { command, parsed }),
  )
  try {
    program.parse(line, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'answered', exitCode: exitCodes.done }
    if (error.code !== 'commander.help') throw await parseError(error, found, known)
    io.stderr.write(errors.join(''))
    return { kind: 'answered', exitCode: exitCodes.usage }
  }
  if (!called) return { kind: 'answered', exitCode: exitCodes.usage }
  const { command, parsed } = called
  const bags = bagsOf(command.spec, parsed, own)
  return {
    kind: 'call',
    command,
    call: { argv: line, args: parsed.args, values: parsed.values, ...bags, io },
  }
}

/** The own options to add: those that the table has not, each name once. */
function distinct(own: readonly OwnOptionSet[], known: ReadonlyMap<string, unknown>) {
  const seen = new Set(known.keys())
  return own.flatMap(({ options }) =>
    options
      .filter(({ flag }) => !seen.has(flag) && seen.add(flag))
      .map(({ flag, spec }) => ({ name: flag, spec })),
  )
}

/** Sorts the values by whom they are for. */
function bagsOf(
  command: CommandSpec,
  { values }: ParsedCommand,
  own: readonly OwnOptionSet[],
): Pick<CommandCall, 'model' | 'data' | 'unused'> {
  const bags = { model: {} as Record<string, unknown>, data: {} as Record<string, unknown> }
  const unused: string[] = []
  for (const { what, options } of own) {
    for (const option of options) {
      const value = values[attribute(option.flag)]
      const listed = command.options[option.flag]
      if (value === undefined || (listed && listed.passedTo !== what)) continue
      bags[what][option.key] = typeof value === 'string' && !listed ? option.read(value) : value
    }
  }
  for (const [name, { passedTo }] of Object.entries(command.options)) {
    const set = own.find(({ what }) => what === passedTo)
    if (!set || values[attribute(name)] === undefined || name === 'seed') continue
    if (!set.options.some(({ flag }) => flag === name)) {
      unused.push(`${set.name} has no option --${name}: it is left aside.`)
    }
  }
  return { ...bags, unused }
}

/** The name under which commander keeps an option. */
function attribute(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
