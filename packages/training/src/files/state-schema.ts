import { z } from 'zod'
import { isPlainName } from './plain-name.js'
import { TrainingError } from '../training-error.js'

/** Says what a stored state must look like: a zod schema, or anything that throws on what it does not accept. */
export interface StateSchema {
  parse(value: unknown): unknown
}

/** A count: a whole number from 0. */
export const count = z.int().nonnegative()
/** Any number, NaN and the infinities too. */
export const anyNumber = z.custom<number>((value) => typeof value === 'number', 'expected number')
/** Any object with names for keys. */
export const anyRecord = z.record(z.string(), z.unknown())
/** The name of one file or folder inside the folder that it is joined to. */
export const fileName = z.custom<string>(isPlainName, 'expected one plain name inside its folder')

/**
 * Checks what a file says, before anything acts on it.
 *
 * @param file its path, for the error
 * @param field where in the file the value is, such as `callbacks.Timer`; empty for all of it
 * @throws TrainingError `CHECKPOINT_DAMAGED` naming the file and the field
 */
export function assertState(schema: StateSchema, value: unknown, file: string, field = ''): void {
  try {
    schema.parse(value)
  } catch (cause) {
    throw new TrainingError(
      'CHECKPOINT_DAMAGED',
      `${file}: ${reasonOf(cause, field)}. It was not written by Ductus, or it is damaged: take another one.`,
      { cause },
    )
  }
}

function reasonOf(error: unknown, field: string): string {
  const [issue] = error instanceof z.ZodError ? error.issues : []
  if (!issue) return `${field}: ${error instanceof Error ? error.message : String(error)}`
  const path = issue.path.map((part) =>
    typeof part === 'number' ? `[${part}]` : `.${String(part)}`,
  )
  const inner = issue.code === 'invalid_key' ? issue.issues[0] : undefined
  const { message } = inner ?? issue
  return `${`${field}${path.join('')}`.replace(/^\./, '')}: ${message.replace(/^Invalid input: /, '')}`
}
