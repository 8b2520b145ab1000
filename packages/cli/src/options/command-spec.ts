import type { CliIo } from '../terminal/cli-io.js'
import type { OptionTable } from './option-spec.js'

/** Which classes' own options a command takes besides its table. */
export type OwnOptions = 'model' | 'data'

/** What a command is given: arguments, the table's options, and the classes' own options as typed in. */
export interface CommandCall<Values = Record<string, unknown>> {
  /** The whole line, options in their one form. */
  argv: string[]
  args: string[]
  values: Values
  /** Options of the model's own, camelCase, as its schema takes them. */
  model: Record<string, unknown>
  /** Options of the data module's own. */
  data: Record<string, unknown>
  /** Options given that the named class does not have. */
  unused: string[]
  io: CliIo
}

/** One command: its line of help, its options, and where its implementation lies. */
export interface CommandSpec {
  name: string
  /** Says where the data or model name is taken from when it is an argument. */
  args?: string
  /** Which class the first argument names, for its own options. */
  argNames?: OwnOptions
  text: string
  /** Command lines worth showing. */
  examples?: readonly (readonly [line: string, text: string])[]
  options: OptionTable
  own: readonly OwnOptions[]
  load: () => Promise<(call: CommandCall<never>) => Promise<number>>
}

/** A command that only groups others. */
export interface CommandGroup {
  name: string
  text: string
  commands: readonly CommandSpec[]
}
