import { ownOptions } from '../options/own-option.js'
import type { JsonSchema, OwnOption } from '../options/own-option.js'
import { failure } from '../errors/cli-error.js'

/** Turns a zod object into options of the command line. */
export async function ownOptionsOfSchema(schema: unknown, group: string): Promise<OwnOption[]> {
  if (schema === undefined) return []
  const { z } = await import('zod')
  try {
    const described = z.toJSONSchema(schema as never, { io: 'input', unrepresentable: 'any' })
    return ownOptions(described as JsonSchema, group)
  } catch (cause) {
    throw failure(`${group}: expected options as an object of zod 4.`, cause)
  }
}
