import { usageError } from '../errors/cli-error.js'
import type { CliError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import type { BatchLimit, GpuRequest, OptionKinds, OptionSpec } from './option-spec.js'

/** Reads an option's text as its kind says; throws a usage error that names option and value. */
export function parseValue(
  name: string,
  spec: OptionSpec,
  text: string,
  previous?: unknown,
): OptionKinds[keyof OptionKinds] {
  switch (spec.kind) {
    case 'flag':
      return text !== 'false'
    case 'integer':
    case 'patience':
      return numberIn(name, spec, text, true)
    case 'number':
      return numberIn(name, spec, text, false)
    case 'batches':
      return parseBatches(name, text)
    case 'gpus':
      return parseGpus(text)
    case 'precision':
      return parsePrecision(text)
    case 'duration':
      return parseDuration(name, text)
    case 'list':
      return [...(Array.isArray(previous) ? (previous as string[]) : []), text]
    case 'text':
      return choiceOf(name, spec, text)
  }
}

function numberIn(name: string, spec: OptionSpec, text: string, whole: boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  const fits =
    Number.isFinite(value) &&
    (!whole || Number.isInteger(value)) &&
    value >= (spec.min ?? -Infinity) &&
    value <= (spec.max ?? Infinity)
  if (!fits) throw expected(name, `${whole ? 'a whole number' : 'a number'}${range(spec)}`, text)
  return value
}

function range({ min, max }: OptionSpec): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

/** `1` is one batch, `1.0` all of them, `0.25` a quarter: the point makes the difference. */
function parseBatches(name: string, text: string): BatchLimit {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  const isShare = /[.e]/i.test(text)
  if (isShare ? value >= 0 && value <= 1 : Number.isInteger(value) && value >= 0) {
    return isShare ? { fraction: value } : { batches: value }
  }
  throw expected(name, 'a number of batches (2) or a share of them (0.25; 1.0 is all)', text)
}

/** `0` none, `2` two, `-1` all, `0,` or `0,1` those. */
function parseGpus(text: string): GpuRequest {
  const isList = /^\d+(,\d+)*,?$/.test(text) && text.includes(',')
  if (!isList && !/^(-1|\d+)$/.test(text)) {
    throw expected('gpus', 'a number (0, 1, -1 for all) or a list of devices ("0,")', text)
  }
  return { wanted: isList || Number(text) !== 0, text }
}

function parsePrecision(text: string): 32 {
  if (/^(32|32-true|float32)$/.test(text)) return 32
  throw usageError(
    `Option --precision: expected 32, received ${text}. TensorFlow.js computes in 32-bit floats only; leave the option out.`,
  )
}

/** `30s`, `10m`, `1h`, `DD:HH:MM:SS`; a bare number is seconds. Gives milliseconds. */
function parseDuration(name: string, text: string): number {
  const clock = /^(\d+):(\d+):(\d+):(\d+)$/.exec(text)
  if (clock) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map(Number)
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
  }
  const simple = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  if (!simple) throw expected(name, 'a duration such as 30s, 10m, 1h or 00:01:30:00', text)
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[simple[2] ?? 's'] ?? 1000
  return Number(simple[1]) * unit
}

function choiceOf(name: string, spec: OptionSpec, text: string): string {
  if (!spec.choices) return text
  const plain = (word: string) => word.toLowerCase().replace(/[-_]/g, '')
  const found = spec.choices.find((choice) => plain(choice) === plain(text))
  if (found === undefined) {
    throw usageError(`Option --${name}: ${unknownName('value', text, spec.choices)}`)
  }
  return found
}

function expected(name: string, what: string, text: string): CliError {
  return usageError(`Option --${name}: expected ${what}, received "${text}".`)
}
