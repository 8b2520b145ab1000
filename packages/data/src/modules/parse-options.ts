import type { z } from 'zod'
import { DataError } from '../errors/data-error.js'

/** Checks options by a schema and fills in the defaults; unknown and bad ones end in one clear line. */
export function parseOptions<T extends z.ZodObject>(
  where: string,
  schema: T,
  options: object,
): z.infer<T> {
  const result = schema.safeParse(options)
  if (result.success) return result.data
  const issues = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return `unknown option ${issue.keys.join(', ')} (known: ${Object.keys(schema.shape).join(', ')})`
    }
    const given = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown>)[key],
      options,
    )
    const expected = issue.message.replace(/^[^:]*: /, '').replace(/, received .*$/, '')
    return `${issue.path.join('.')}: ${expected}, received ${JSON.stringify(given)}`
  })
  throw new DataError('invalid-options', `${where}: ${issues.join('; ')}.`, { cause: result.error })
}
