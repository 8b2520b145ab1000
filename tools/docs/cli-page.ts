import { dataModules } from '@ductus/data/catalog'
import { models } from '@ductus/models/catalog'
import { format, resolveConfig } from 'prettier'
import { ownOptionsOfSchema } from '../../packages/cli/src/classes/own-options-of-schema.js'
import type { CommandSpec } from '../../packages/cli/src/options/command-spec.js'
import { allCommands } from '../../packages/cli/src/options/command-table.js'
import type { OptionSpec } from '../../packages/cli/src/options/option-spec.js'

const head = `# The command line

\`ductus\` trains, measures and uses networks that read handwriting. This page is made from the program's own option
table and the classes' schemas: \`npx tsx -C @ductus/source tools/docs/write-cli-page.ts\` writes it anew, and a test
compares.

Names may be written with dashes or underscores (\`--max-epochs\`, \`--max_epochs\`), values after a space or an equals
sign. Exit codes: 0 done, 1 failed, 2 a command line that cannot be meant, 130 interrupted by Ctrl-C, 143 by SIGTERM.

Ctrl-C or SIGTERM asks \`fit\` to finish the batch in hand and write the last checkpoint, which \`--resume\` continues from. A
second signal does not end it before the checkpoint is written; a third does, at once. In \`validate\`, \`test\` and \`lr-find\`,
and before and after the training of \`fit\`, there is nothing to save: the first signal ends the batch, the second the
process. All other commands end at once.

Results go to stdout, progress and warnings to stderr; with \`--json\` stdout holds one JSON object and nothing else.
`

/** Writes the page on the command line, as prettier leaves it. */
export async function cliPage(path: string): Promise<string> {
  const parts = [head]
  for (const { path: words, spec } of allCommands()) parts.push(commandPart(words, spec))
  parts.push('## Options of the models', 'Given to `fit`, and to `models describe`.')
  for (const entry of models) parts.push(await classPart(entry))
  parts.push('## Options of the data modules', 'Given to every command that takes data.')
  for (const entry of dataModules) parts.push(await classPart(entry))
  const config = await resolveConfig(path)
  return format(parts.join('\n\n'), { ...config, parser: 'markdown' })
}

function commandPart(words: string[], spec: CommandSpec): string {
  const line = ['ductus', ...words, ...(spec.args ? [spec.args] : []), '[options]'].join(' ')
  const parts = [`## \`ductus ${words.join(' ')}\``, `${spec.text}.`, `\`\`\`sh\n${line}\n\`\`\``]
  if (spec.examples) {
    const lines = spec.examples.map(([example, text]) => (text ? `${example}  # ${text}` : example))
    parts.push(`Examples:\n\n\`\`\`sh\n${lines.join('\n')}\n\`\`\``)
  }
  const groups = new Map<string, [string, OptionSpec][]>()
  for (const [name, option] of Object.entries(spec.options)) {
    groups.set(option.group, [...(groups.get(option.group) ?? []), [name, option]])
  }
  for (const [group, options] of groups) parts.push(`**${group}**`, optionRows(options))
  return parts.join('\n\n')
}

async function classPart(entry: (typeof models)[number] | (typeof dataModules)[number]) {
  const options = await ownOptionsOfSchema(await entry.options(), entry.name)
  const rows = options.map(({ flag, spec }): [string, OptionSpec] => [flag, spec])
  return [
    `### \`${entry.name}\``,
    `${entry.summary} (${entry.source}).`,
    rows.length > 0 ? optionRows(rows) : 'It has none.',
  ].join('\n\n')
}

function optionRows(options: [string, OptionSpec][]): string {
  const rows = options.map(([name, spec]) => {
    const names = [name, ...(spec.aliases ?? [])].map((one) => `\`--${one}\``)
    const value =
      spec.value === undefined ? '' : spec.optional ? ` [${spec.value}]` : ` ${spec.value}`
    const choices = spec.choices ? ` (${spec.choices.join(', ')})` : ''
    const cells = [
      `${names.join(', ')}${cell(value)}`,
      cell(`${spec.text}${choices}`),
      cell(spec.default ?? ''),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return ['| option | what it does | default |', '| --- | --- | --- |', ...rows].join('\n')
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/</g, '&lt;')
}
