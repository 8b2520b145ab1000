/** How many batches of an epoch to take: a whole number of them, or a share (1 is all). */
export type BatchLimit = { batches: number } | { fraction: number }

/** What `--gpus` asked for. */
export interface GpuRequest {
  wanted: boolean
  text: string
}

/** What each kind of option holds once read. */
export interface OptionKinds {
  flag: boolean
  text: string
  list: string[]
  integer: number
  number: number
  batches: BatchLimit
  patience: number
  gpus: GpuRequest
  precision: 32
  duration: number
}

export type OptionKind = keyof OptionKinds

/** One row of the option table: the parser, the help and the docs page are made from it. */
export interface OptionSpec {
  kind: OptionKind
  /** Heading under which help and docs show it. */
  group: string
  /** One sentence, no closing full stop. */
  text: string
  /** Name of the value in help; a flag has none. */
  value?: string
  /** The value may be left out. */
  optional?: boolean
  /** What the option means without a value. Defaults to 1. */
  preset?: string
  short?: string
  /** Other long names, in kebab-case. */
  aliases?: readonly string[]
  choices?: readonly string[]
  /** What happens when it is not given, as help says it. */
  default?: string
  min?: number
  max?: number
  /** The value is one of the named class's own options. */
  passedTo?: 'model' | 'data'
}

export type OptionTable = Readonly<Record<string, OptionSpec>>

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S

/** The values that a table's options give: camelCase names, absent when not given. */
export type OptionValues<T extends OptionTable> = {
  -readonly [K in keyof T & string as CamelCase<K>]?: OptionKinds[T[K]['kind']]
}

/** Turns `max-epochs` or `max_epochs` into `maxEpochs`. */
export function camelCase(name: string): string {
  return name.replace(/[-_]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** Turns `maxEpochs` or `max_epochs` into `max-epochs`, `everyNSteps` into `every-n-steps`; digits stay with their word (`fc1`). */
export function kebabCase(name: string): string {
  return name
    .replace(/_/g, '-')
    .replace(/[a-z0-9](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g, '$&-')
    .toLowerCase()
}
