import { TrainingError } from '../training-error.js'
import { isSpecialToken } from './special-tokens.js'

/**
 * Writes class indices as text, special tokens (`<B>`, `<S>`, `<E>`, `<P>`) left out.
 *
 * @param mapping character of each class
 * @throws TrainingError `INVALID_OPTION` for an index that the mapping does not have
 */
export function decodeText(indices: ArrayLike<number>, mapping: readonly string[]): string {
  let text = ''
  for (let i = 0; i < indices.length; i++) {
    const name = mapping[indices[i]!]
    if (name === undefined) {
      throw new TrainingError(
        'INVALID_OPTION',
        `decodeText: expected class indices from 0 to ${mapping.length - 1}, received ${indices[i]} at ${i}. ` +
          'Decode with the mapping of the data that the network was trained on.',
      )
    }
    if (!isSpecialToken(name)) text += name
  }
  return text
}

/** Takes the class indices of a line's characters out of its label: all but special tokens. */
export function characterIndices(label: ArrayLike<number>, mapping: readonly string[]): number[] {
  return Array.from(label).filter((index) => !isSpecialToken(mapping[index]))
}
