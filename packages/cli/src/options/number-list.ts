import { usageError } from '../errors/cli-error.js'

/** What a list of numbers must be. */
export interface NumberListRule {
  /** The option, without its dashes. */
  name: string
  expected: string
  holds: (value: number) => boolean
}

/**
 * Reads numbers with commas between them.
 *
 * @throws CliError that names option and value
 */
export function numberList(text: string, { name, expected, holds }: NumberListRule): number[] {
  const values = text.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)))
  if (values.every((value) => Number.isFinite(value) && holds(value))) return values
  throw usageError(`Option --${name}: expected ${expected}, received "${text}".`)
}
