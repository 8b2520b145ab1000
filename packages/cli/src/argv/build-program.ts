import { Command, Option } from 'commander'
import { camelCase } from '../options/option-spec.js'
import type { OptionSpec } from '../options/option-spec.js'
import { commandTable } from '../options/command-table.js'
import type { NamedCommand } from '../options/command-table.js'
import type { CommandSpec } from '../options/command-spec.js'
import { parseValue } from '../options/parse-value.js'
import type { TextSink } from '../terminal/cli-io.js'

/** What a parsed command line holds. */
export interface ParsedCommand {
  args: string[]
  values: Record<string, unknown>
}

/** Called once, by the command that the line names. */
export type OnCommand = (command: NamedCommand, parsed: ParsedCommand) => void

/** An option beside a command's own table: one that a model or data class brings. */
export interface ExtraOption {
  name: string
  spec: OptionSpec
}

/** Where help goes; what commander says of errors is collected. */
export interface Streams {
  out: TextSink
  errors: string[]
}

/** Makes the commander program of the table. Errors and help come back as CommanderError. */
export function buildProgram(
  version: string,
  streams: Streams,
  extra: { command: CommandSpec | undefined; options: readonly ExtraOption[] },
  onCommand: OnCommand,
): Command {
  const program = configured(new Command('ductus'), streams)
    .description('Train, explain and run networks that read handwriting')
    .version(version, '-V, --version', 'Print the version')
    .addHelpText('after', '\n`ductus <command> --help` shows a command with its options.')
  for (const entry of commandTable) {
    if ('commands' in entry) {
      const group = configured(program.command(entry.name), streams).description(entry.text)
      entry.commands.forEach((spec, i) => add(group, [entry.name, spec.name], spec, i === 0))
    } else add(program, [entry.name], entry)
  }
  return program

  function add(parent: Command, path: string[], spec: CommandSpec, isDefault = false) {
    const command = configured(parent.command(spec.name, { isDefault }), streams).description(
      spec.text,
    )
    if (spec.args !== undefined) command.argument(spec.args)
    else command.allowExcessArguments(false)
    for (const [name, option] of Object.entries(spec.options)) addOption(command, name, option)
    if (extra.command === spec) {
      for (const { name, spec: option } of extra.options) addOption(command, name, option)
    }
    const after = afterHelp(spec, extra.options.length > 0)
    if (after !== '') command.addHelpText('after', after)
    command.action((...received: unknown[]) => {
      const given = command.processedArgs.flat().filter((arg) => arg !== undefined)
      onCommand({ path, spec }, { args: given.map(String), values: received.at(-2) as never })
    })
  }
}

function configured(command: Command, { out, errors }: Streams): Command {
  return command
    .exitOverride()
    .configureHelp({
      helpWidth: Math.min(out.columns ?? 100, 120),
      optionDescription: ({ description }) => description,
    })
    .configureOutput({
      writeOut: (text) => void out.write(text),
      writeErr: (text) => void errors.push(text),
    })
    .showSuggestionAfterError(true)
    .helpOption('-h, --help', 'Show help')
    .helpCommand(false)
}

function addOption(command: Command, name: string, spec: OptionSpec) {
  const short = spec.short === undefined ? '' : `-${spec.short}, `
  const value =
    spec.kind === 'flag'
      ? ''
      : spec.optional
        ? ` [${spec.value ?? 'value'}]`
        : ` <${spec.value ?? 'value'}>`
  const option = new Option(`${short}--${name}${value}`, helpText(spec)).helpGroup(`${spec.group}:`)
  if (spec.kind !== 'flag') {
    option.argParser((text, previous) => parseValue(name, spec, text, previous))
    if (spec.optional) option.preset(spec.preset ?? '1')
    command.addOption(option)
    return
  }
  const negation = new Option(`--no-${name}`, turnOffText(spec)).helpGroup(`${spec.group}:`)
  const isOn = spec.default === 'true'
  // commander takes a lone negation as "on by default": only a flag that is not given must stay unset.
  command.addOption(isOn ? option.hideHelp() : option)
  command.addOption(isOn ? negation : negation.hideHelp())
  command.setOptionValue(camelCase(name), undefined)
}

function turnOffText({ text }: OptionSpec): string {
  return `Turn off: ${text.charAt(0).toLowerCase()}${text.slice(1)}`
}

/** Writes an option's line of help: its text, its choices, its default. */
export function helpText(spec: OptionSpec): string {
  const notes = [
    ...(spec.choices ? [`one of ${spec.choices.join(', ')}`] : []),
    ...(spec.default !== undefined && spec.kind !== 'flag' ? [`default ${spec.default}`] : []),
  ]
  return notes.length > 0 ? `${spec.text} (${notes.join('; ')})` : spec.text
}

function afterHelp(spec: CommandSpec, hasOwn: boolean): string {
  const lines: string[] = []
  if (spec.own.length > 0 && !hasOwn) {
    const flags = spec.own.map((what) => (spec.argNames === what ? 'a name' : `--${what} <name>`))
    lines.push('', `With ${flags.join(' and ')} given, help shows that class's own options too.`)
  }
  if (spec.examples && spec.examples.length > 0) {
    lines.push('', 'Examples:')
    for (const [line, text] of spec.examples)
      lines.push(text === '' ? `  ${line}` : `  ${line}    ${text}`)
  }
  lines.push('', 'Names may be written with dashes or underscores: --max-epochs, --max_epochs.')
  return lines.join('\n')
}
