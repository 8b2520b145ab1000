import { usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import { kebabCase } from './option-spec.js'
import type { OptionSpec } from './option-spec.js'

/** An option that a model or data class brings by its schema. */
export interface OwnOption {
  /** Name in the schema, camelCase. */
  key: string
  /** Name on the command line, kebab-case. */
  flag: string
  spec: OptionSpec
  read: (text: string) => unknown
}

/** The part of JSON Schema that options are described with. */
export interface JsonSchema {
  type?: string | string[]
  description?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  items?: JsonSchema | JsonSchema[]
  prefixItems?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  exclusiveMaximum?: number
}

/** Turns the JSON Schema of a class's options into options of the command line. */
export function ownOptions(schema: JsonSchema, group: string): OwnOption[] {
  return Object.entries(schema.properties ?? {}).map(([key, field]) => {
    const flag = kebabCase(key)
    const kinds = variants(field)
    const isFlag = kinds.some(({ type }) => type === 'boolean') && kinds.every(isFlagOrNull)
    const spec: OptionSpec = {
      kind: isFlag ? 'flag' : 'text',
      group,
      text: sentence(field.description ?? ''),
      ...(isFlag ? {} : valueOf(kinds)),
      ...(isShown(field.default) ? { default: shown(field.default) } : {}),
    }
    return { key, flag, spec, read: (text) => readAs(flag, kinds, text) }
  })
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/\.$/, '')
}

/** Lists the plain alternatives of a field. */
function variants(field: JsonSchema): JsonSchema[] {
  if (field.anyOf) return field.anyOf.flatMap(variants)
  if (Array.isArray(field.type)) return field.type.map((type) => ({ ...field, type }))
  return [field]
}

function isFlagOrNull({ type }: JsonSchema): boolean {
  return type === 'boolean' || type === 'null'
}

/** Choices are listed apart where all there is are choices. */
function valueOf(kinds: JsonSchema[]): Pick<OptionSpec, 'value' | 'choices'> {
  const [only] = kinds
  const isChoice = kinds.length === 1 && only?.enum?.every((one) => typeof one === 'string')
  return isChoice
    ? { value: 'name', choices: only?.enum as string[] }
    : { value: placeholder(kinds) }
}

function isShown(value: unknown): boolean {
  return value !== undefined && value !== ''
}

function placeholder(kinds: JsonSchema[]): string {
  const names = kinds
    .filter(({ type }) => type !== 'null')
    .map((kind) => {
      if (kind.enum) return kind.enum.map(String).join('|')
      if (kind.const !== undefined) return shown(kind.const)
      if (kind.type === 'integer') return 'n'
      if (kind.type === 'number') return 'x'
      return kind.type === 'array' ? 'a,b,…' : 'text'
    })
  return [...new Set(names)].join('|')
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(',')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Reads a text as the first alternative that it fits. Ranges are the schema's own business. */
function readAs(flag: string, kinds: JsonSchema[], text: string): unknown {
  const choices = kinds.flatMap(
    (kind) => kind.enum ?? (kind.const === undefined ? [] : [kind.const]),
  )
  const choice = choices.find((value) => String(value).toLowerCase() === text.toLowerCase())
  if (choice !== undefined) return choice
  for (const kind of kinds) {
    if (kind.enum || kind.const !== undefined) continue
    if (kind.type === 'null' && /^(none|null)$/i.test(text)) return null
    if (kind.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
    const isNumber = kind.type === 'integer' || kind.type === 'number'
    if (isNumber && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
    if (kind.type === 'array') return readList(flag, kind, text)
    if (kind.type === 'string' || kind.type === undefined) return text
  }
  if (choices.length > 0 && kinds.every(({ type }) => type === 'string' || type === 'null')) {
    throw usageError(`Option --${flag}: ${unknownName('value', text, choices.map(String))}`)
  }
  throw usageError(`Option --${flag}: expected ${expectation(kinds)}, received "${text}".`)
}

function readList(flag: string, kind: JsonSchema, text: string): unknown[] {
  const listed = kind.prefixItems ?? (Array.isArray(kind.items) ? kind.items : undefined)
  const rest = Array.isArray(kind.items) ? undefined : kind.items
  return text
    .split(isNumeric(listed ?? (rest ? [rest] : [])) ? /[,x]/ : ',')
    .filter((part) => part.trim() !== '')
    .map((part, i) => readAs(flag, variants(listed?.[i] ?? rest ?? {}), part.trim()))
}

function expectation(kinds: JsonSchema[]): string {
  return kinds
    .map((kind) => {
      if (kind.enum) return kind.enum.map(String).join(', ')
      if (kind.const !== undefined) return shown(kind.const)
      if (kind.type === 'integer') return 'a whole number'
      if (kind.type === 'number') return 'a number'
      return kind.type === 'null' ? 'none' : (kind.type ?? 'a text')
    })
    .join(' or ')
}

/** `28x28` is a list where its items are numbers. */
function isNumeric(items: JsonSchema[]): boolean {
  return items.length > 0 && items.every(({ type }) => type === 'integer' || type === 'number')
}
