import { dataModules } from '@ductus/data/catalog'
import { models } from '@ductus/models/catalog'
import type { CommanderError } from 'commander'
import { usageError } from '../errors/cli-error.js'
import type { CliError } from '../errors/cli-error.js'
import { nearestName, unknownName } from '../errors/nearest-name.js'
import { commandTable } from '../options/command-table.js'
import type { NamedCommand } from '../options/command-table.js'
import { camelCase, kebabCase } from '../options/option-spec.js'

/** Says in our words what commander found wrong with a command line. */
export async function parseError(
  error: CommanderError,
  found: NamedCommand | undefined,
  known: ReadonlyMap<string, unknown>,
): Promise<CliError> {
  const name = /'([^']+)'/.exec(error.message)?.[1] ?? ''
  const command = ['ductus', ...(found?.path ?? [])].join(' ')
  const hint = `${command} --help shows how.`
  switch (error.code) {
    case 'commander.unknownCommand':
      return usageError(
        unknownName(
          'command',
          name,
          commandTable.map((one) => one.name),
        ),
      )
    case 'commander.unknownOption':
      return usageError(await unknownOption(name, command, known))
    case 'commander.optionMissingArgument': {
      const [flag, value] = name.split(' ').slice(-2)
      return usageError(`Option ${flag}: expected a value ${value}, received none.`)
    }
    case 'commander.missingArgument':
      return usageError(`${command}: expected ${argumentName(name, found)}, received none. ${hint}`)
    case 'commander.excessArguments':
      return usageError(`${command}: received more words than it takes. ${hint}`)
    default:
      return usageError(error.message.replace(/^error: /, ''))
  }
}

/** Writes an argument as help does: commander's message leaves the dots out. */
function argumentName(name: string, found: NamedCommand | undefined): string {
  return found?.spec.args ?? `<${name}>`
}

async function unknownOption(
  flag: string,
  command: string,
  known: ReadonlyMap<string, unknown>,
): Promise<string> {
  const name = kebabCase(flag.replace(/^-+(no-)?/, '').split('=')[0] ?? '')
  const owners = await ownersOf(camelCase(name))
  if (owners.length > 0) {
    return `Option --${name} belongs to ${owners.join(', ')}, which this command line does not name. ${command} --help lists what it takes.`
  }
  const nearest = nearestName(name, [...known.keys()])
  const hint = nearest === undefined ? '' : ` Did you mean --${nearest}?`
  return `Unknown option ${flag}.${hint} ${command} --help lists what it takes.`
}

/** Names the classes that have an option of that name. */
async function ownersOf(key: string): Promise<string[]> {
  const owners: string[] = []
  for (const entry of [...models, ...dataModules]) {
    if (key in (await entry.options()).shape) owners.push(entry.name)
  }
  return owners
}
