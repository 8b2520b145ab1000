/** Is a zod object: what a command line needs to offer a class's options. */
export interface OptionsSchema {
  readonly shape: Readonly<Record<string, unknown>>
  parse(input: unknown): unknown
  safeParse(input: unknown): { success: boolean; data?: unknown; error?: unknown }
}
