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
  const strange = strangersIn(plain, alphabet)
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

/** Looks each kind of character up once: a corpus has millions of them, of a hundred kinds. */
function strangersIn(text: string, alphabet: ReadonlySet<string>): Set<string> {
  const known = [...alphabet].map((one) => one.replace(/[\\\]^-]/g, '\\$&')).join('')
  return new Set(text.match(new RegExp(`[^${known}]`, 'gu')) ?? [])
}
