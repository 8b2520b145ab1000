import type { OptionSpec } from '../options/option-spec.js'

/** What normalising needs to know of an option. */
export type KnownOption = Pick<OptionSpec, 'kind' | 'aliases'>

/**
 * Brings a command line to one form: `--max_epochs` to `--max-epochs`, aliases to their option
 * (`--model_class` to `--model`), `--x=true`, `--x true` and `--x=false` of a flag to `--x` and `--no-x`.
 * What follows a lone `--` stays as it is.
 */
export function normalizeArgv(
  argv: readonly string[],
  options: ReadonlyMap<string, KnownOption>,
): string[] {
  const aliases = new Map<string, string>()
  for (const [name, { aliases: others = [] }] of options) {
    for (const alias of others) aliases.set(alias, name)
  }
  const result: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? ''
    if (token === '--') return [...result, ...argv.slice(i)]
    const match = /^--([A-Za-z][^=]*)(?:=([\s\S]*))?$/.exec(token)
    if (!match) {
      result.push(token)
      continue
    }
    const written = (match[1] ?? '').replace(/_/g, '-')
    const name = aliases.get(written) ?? written
    const option = options.get(name)
    if (option?.kind !== 'flag') {
      result.push(match[2] === undefined ? `--${name}` : `--${name}=${match[2]}`)
      // The value of an option is never an option itself: `--gpus -1`.
      const next = argv[i + 1]
      const takesNext = option && match[2] === undefined && /^-\d/.test(next ?? '')
      if (takesNext) result[result.length - 1] = `--${name}=${argv[++i]}`
      continue
    }
    let said = match[2]
    if (said === undefined && /^(true|false)$/.test(argv[i + 1] ?? '')) said = argv[++i]
    if (said === undefined || /^(true|1|yes)$/.test(said)) result.push(`--${name}`)
    else if (/^(false|0|no)$/.test(said)) result.push(`--no-${name}`)
    else result.push(`--${name}=${said}`)
  }
  return result
}

/** Reads the last value given to an option of a normalised command line. */
export function scanOption(argv: readonly string[], name: string): string | undefined {
  let value: string | undefined
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? ''
    if (token === '--') break
    if (token === `--${name}`) value = argv[i + 1]
    else if (token.startsWith(`--${name}=`)) value = token.slice(name.length + 3)
  }
  return value
}
