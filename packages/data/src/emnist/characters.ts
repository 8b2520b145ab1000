const digits = '0123456789'
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lower = upper.toLowerCase()

/** Names EMNIST's ways to split its images. */
export type EmnistSplit = 'byclass' | 'bymerge' | 'balanced' | 'letters' | 'digits' | 'mnist'

/** Lists the splits. */
export const emnistSplits = [
  'byclass',
  'bymerge',
  'balanced',
  'letters',
  'digits',
  'mnist',
] as const satisfies readonly EmnistSplit[]

/** Tokens that stand before the characters: CTC's blank, start, end, padding. */
export const specialTokens = ['<B>', '<S>', '<E>', '<P>'] as const

/** Place of each special token in the mapping. */
export const token = { blank: 0, start: 1, end: 2, padding: 3 } as const

/** Maps a class index to its character: 4 special tokens, the 62 characters of `byclass`, 17 more. */
export const emnistMapping: readonly string[] = [
  ...specialTokens,
  ...digits,
  ...upper,
  ...lower,
  ...' !"#&\'()*+,-./:;?',
]

const merged = [...digits, ...upper, ...'abdefghnqrt']

/** Gives the character of each label of a split; the labels of `letters` begin at 1. */
export const labelCharacters: Readonly<Record<EmnistSplit, readonly string[]>> = {
  byclass: [...digits, ...upper, ...lower],
  bymerge: merged,
  balanced: merged,
  letters: ['', ...upper],
  digits: [...digits],
  mnist: [...digits],
}

/**
 * Gives the character whose images stand for this one in a split: itself, or the upper case letter that its class
 * is merged with; undefined where the split has no image of it.
 */
export function standIn(character: string, split: EmnistSplit): string | undefined {
  const characters = labelCharacters[split]
  if (character === '') return undefined
  if (characters.includes(character)) return character
  const capital = character.toUpperCase()
  return lower.includes(character) && characters.includes(capital) ? capital : undefined
}
