import { usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import { commandTable } from '../options/command-table.js'
import type { NamedCommand } from '../options/command-table.js'

/**
 * Finds which command a command line calls; a group alone calls its first command.
 *
 * @returns undefined when there is no command in it, or an unknown one
 * @throws CliError for a group with a word after it that is none of its commands
 */
export function findCommand(argv: readonly string[]): NamedCommand | undefined {
  const at = argv.findIndex((token) => !token.startsWith('-'))
  const entry = commandTable.find(({ name }) => name === argv[at])
  if (!entry) return undefined
  if (!('commands' in entry)) return { path: [entry.name], spec: entry }
  const word = argv[at + 1]
  const isWord = word !== undefined && !word.startsWith('-')
  const spec = isWord ? entry.commands.find(({ name }) => name === word) : entry.commands[0]
  if (!spec) {
    const known = entry.commands.map(({ name }) => name)
    throw usageError(unknownName(`command of ductus ${entry.name}`, word ?? '', known))
  }
  return { path: isWord ? [entry.name, spec.name] : [entry.name], spec }
}
