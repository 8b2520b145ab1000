import { editDistance, type Sequence } from './edit-distance.js'

/**
 * Computes the character error rate of a set of lines: all edits over all characters of the references, so that a long
 * line counts for more than a short one. It can be above 1. (A mean of the lines' own rates is another number.)
 *
 * @returns NaN where the references have no character
 */
export function characterErrorRate(
  lines: Iterable<{ readonly reference: Sequence; readonly read: Sequence }>,
): number {
  let edits = 0
  let characters = 0
  for (const { reference, read } of lines) {
    edits += editDistance(reference, read)
    characters += typeof reference === 'string' ? Array.from(reference).length : reference.length
  }
  return characters === 0 ? NaN : edits / characters
}
