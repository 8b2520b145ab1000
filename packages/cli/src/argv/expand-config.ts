import { isSecretName } from '@ductus/training/credentials'
import { existsSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { usageError } from '../errors/cli-error.js'
import { kebabCase } from '../options/option-spec.js'
import { isModuleReference } from '../user-modules/module-reference.js'
import { normalizeArgv, scanOption, type KnownOption } from './normalize-argv.js'

/** Options whose value may be a file of code. */
const codeOptions = ['model', 'data', 'callback']

/**
 * Puts the options of `--config` before those of the command line, so that the latter win: a run's `hparams.json`
 * (all that it was asked), or a plain JSON object such as `{ "model": "CNN", "maxEpochs": 5, "convDim": 32 }`.
 *
 * A file of code that a plain object names counts as named by the user. One that `hparams.json`, or any file of a run
 * folder, names does not, since the folder may come from somebody else: it must be on the command line too.
 *
 * @param words how many words the command itself has
 * @param known the command's options
 * @throws CliError for a file that is neither, or for code that only `hparams.json` names
 */
export async function expandConfig(
  argv: readonly string[],
  words: number,
  known: ReadonlyMap<string, KnownOption>,
): Promise<string[]> {
  const path = scanOption(argv, 'config')
  if (path === undefined) return [...argv]
  const config = await readJson(path)
  const asked =
    config.format === 'ductus-hparams'
      ? await argvOfRun(path, config)
      : Object.entries(config).flatMap(([key, value]) => optionTokens(path, kebabCase(key), value))
  // Where a file is tells whose it is, and not what it says of itself.
  const isOfRun = config.format === 'ductus-hparams' || (await isInRun(path))
  const tokens = isOfRun ? withoutCode(path, normalizeArgv(asked, known), argv) : asked
  const at = argv.findIndex((token) => !token.startsWith('-')) + words
  return [...argv.slice(0, at), ...tokens, ...argv.slice(at)]
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  const { decodeText } = await import('@ductus/data')
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (cause) {
    throw usageError(`Option --config: there is no file "${path}" that can be read.`, cause)
  }
  const text = decodeText(bytes)
  if (text === undefined) {
    throw usageError(
      `Option --config: expected "${path}" in UTF-8, received another encoding. Save it as UTF-8.`,
    )
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch (cause) {
    throw usageError(`Option --config: "${path}" is no JSON.`, cause)
  }
  throw usageError(`Option --config: expected a JSON object in "${path}".`)
}

/** Whether a file is a run's, or in a folder that may be one: with `hparams.json` or checkpoints, here or above. */
async function isInRun(path: string): Promise<boolean> {
  const file = await realpath(path)
  if (basename(file) === 'hparams.json') return true
  const folders = [dirname(file), resolve(file, '../..'), resolve(file, '../../..')]
  return folders.some((folder) =>
    ['hparams.json', 'checkpoints', 'checkpoint.json'].some((name) =>
      existsSync(join(folder, name)),
    ),
  )
}

async function argvOfRun(path: string, config: Record<string, unknown>): Promise<string[]> {
  const { hparamsFormat } = await import('@ductus/training')
  if (config.version !== hparamsFormat.version) {
    throw usageError(
      `Option --config: expected version ${hparamsFormat.version} of ductus-hparams in "${path}", received ${JSON.stringify(config.version)}. ` +
        'Give the options themselves.',
    )
  }
  const { argv } = (config.hparams ?? {}) as { argv?: unknown }
  if (Array.isArray(argv) && argv.every((token) => typeof token === 'string')) return argv
  throw usageError(`Option --config: "${path}" is of a run that ductus fit did not start.`)
}

/** Takes files of code out of a run's options, where the user's own command line names them. */
function withoutCode(path: string, argv: readonly string[], typed: readonly string[]): string[] {
  const result: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? ''
    const name = codeOptions.find((each) => token === `--${each}` || token.startsWith(`--${each}=`))
    const isPair = token === `--${name}`
    const value = isPair ? (argv[i + 1] ?? '') : token.slice((name ?? '').length + 3)
    if (name === undefined || !isModuleReference(value)) {
      result.push(token)
      continue
    }
    if (scanOption(typed, name) === undefined) {
      throw usageError(
        `Option --config: "${path}" belongs to a run, and code that it names is not run: "${value}". ` +
          `If you trust that file, add --${name} ${value}.`,
      )
    }
    if (isPair) i++
  }
  return result
}

function optionTokens(path: string, name: string, value: unknown): string[] {
  if (value === null || value === undefined) return []
  if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`]
  if (Array.isArray(value)) {
    return name === 'callback'
      ? value.map((one) => `--${name}=${String(one)}`)
      : [`--${name}=${value.join(',')}`]
  }
  if (typeof value === 'string' || typeof value === 'number') return [`--${name}=${value}`]
  throw usageError(`Option --config: expected a plain value for ${name} in "${path}".`)
}

/** Options that are about one call, and not about what a run is. */
const passing = /^--(no-)?(json|quiet|debug|progress|config|resume)(=|$)/

/**
 * Picks from a normalised command line what repeats its run: the options, with the paths of the user's files made
 * absolute. Options with a secret's name (`--password`, `--api-key`) are left out; the Trainer takes passwords out of
 * addresses.
 */
export function repeatableArgv(
  argv: readonly string[],
  words: number,
  absolute: (text: string) => string,
): string[] {
  const result: string[] = []
  for (let i = words; i < argv.length; i++) {
    const token = argv[i] ?? ''
    const next = argv[i + 1]
    const isPair =
      token.startsWith('--') && !token.includes('=') && next !== undefined && !next.startsWith('-')
    if (isPair) i++
    if (passing.test(token) || token === '-q') continue
    const [name = '', ...rest] = isPair ? [token, next] : token.split('=')
    const value = isPair ? next : rest.join('=')
    if (isSecretName(name.replace(/^--/, ''))) continue
    if (codeOptions.includes(name.replace(/^--/, ''))) result.push(`${name}=${absolute(value)}`)
    else result.push(...(isPair ? [token, next] : [token]))
  }
  return result
}
