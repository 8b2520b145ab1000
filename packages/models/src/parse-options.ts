import type { ZodObject, output } from 'zod'
import { show } from './model-config.js'
import { ModelError } from './model-error.js'
import { nearest } from './nearest.js'

/** Fills in defaults and checks what was given; an error names the option, what it takes and what it got. */
export function parseOptions<Schema extends ZodObject>(
  model: string,
  schema: Schema,
  given: object,
): output<Schema> {
  const known = Object.keys(schema.shape)
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const suggestion = nearest(name, known)
    throw new ModelError(
      'BAD_OPTION',
      `${model}: unknown option "${name}".${suggestion ? ` Did you mean ${suggestion}?` : ''} ` +
        (known.length > 0 ? `Known: ${known.join(', ')}.` : 'It has none.'),
    )
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.map(String) ?? []
  const received = path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    given,
  )
  const field = schema.shape[path[0] ?? ''] as { description?: string } | undefined
  const meaning = field?.description ? ` It is the ${field.description}.` : ''
  throw new ModelError(
    'BAD_OPTION',
    `${model}: expected option ${path.join('.')} ${expectation(issue?.message)}, received ${show(received)}.${meaning}`,
    { cause: parsed.error },
  )
}

/** Turns zod's "Too small: expected number to be >=1" into "to be >=1". */
function expectation(message = ''): string {
  const expected = /expected (?:(?:number|string|array|int|boolean) )?(.+?)(?:, received.*)?$/.exec(
    message,
  )
  if (!expected) return `to be right (${message})`
  const words = expected[1]!
    .replace(/^int$/, 'a whole number')
    .replace(/^(number|string|boolean|array)$/, 'a $1')
  return words.startsWith('to ')
    ? words.replace('>=', 'at least ').replace('<=', 'at most ')
    : `to be ${words}`
}
