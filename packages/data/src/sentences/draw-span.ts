import { DataError } from '../errors/data-error.js'
import { randomInteger, type Random } from '../random/keyed-random.js'

const tries = 10

/**
 * Draws a stretch of a text, from one word's start to a later word's, at most `maxLength` characters long with its last
 * space, which is then left off. The first word is any but the last; the end is any that is near enough. A first
 * word that is too long is given up for another, ten times in all.
 */
export function drawSpan(
  starts: Uint32Array,
  maxLength: number,
  random: Random,
): { start: number; end: number } {
  for (let tried = 0; tried < tries && starts.length > 1; tried++) {
    const first = randomInteger(random, starts.length - 1)
    const start = starts[first] as number
    let last = first
    while (last + 1 < starts.length && (starts[last + 1] as number) - start <= maxLength) last += 1
    if (last === first) continue
    const chosen = first + 1 + randomInteger(random, last - first)
    return { start, end: (starts[chosen] as number) - 1 }
  }
  throw new DataError(
    'invalid-options',
    `SentenceGenerator: expected words of at most ${maxLength} characters, received none in ${tries} tries ` +
      `from ${starts.length} words. Take a greater maxLength or another text.`,
  )
}
