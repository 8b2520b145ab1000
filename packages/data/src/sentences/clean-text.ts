import { DataError } from '../errors/data-error.js'

const punctuation = /[!-/:-@[-`{-~]/g

/** Says what becomes of characters that no image stands for. */
export type UnknownCharacters = 'drop' | 'error'

/**
 * Brings a text to what lines are made of: ASCII punctuation deleted, runs of white space folded to one space,
 * and characters outside the alphabet dropped or, when asked for, reported as an error.
 */
export function cleanText(
  text: string,
  alphabet: ReadonlySet<string>,
  unknown: UnknownCharacters,
  where: string,
): string {
  const plain = text.replace(punctuation, '').replace(/\s+/g, ' ').trim()
  const strange = new Set([...plain].filter((character) => !alphabet.has(character)))
  if (strange.size === 0) return plain
  if (unknown === 'error') {
    const shown = [...strange].slice(0, 10).map((character) => JSON.stringify(character))
    throw new DataError(
      'bad-file',
      `${where}: expected characters that images stand for, received ${strange.size} others ` +
        `(${shown.join(', ')}${strange.size > 10 ? ', …' : ''}). Drop them with unknownCharacters 'drop'.`,
    )
  }
  const kept = [...plain].filter((character) => !strange.has(character)).join('')
  return kept.replace(/ +/g, ' ').trim()
}
