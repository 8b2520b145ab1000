const pieces = 100

/** Holds the text that each part's sentences are drawn from. */
export interface TextParts {
  train: string
  val: string
  test: string
}

/**
 * Cuts a text in a hundred pieces of whole words and deals them out, eight of ten for training, one for
 * validation and one for test: no sentence of one part comes from another's text.
 */
export function splitText(text: string): TextParts {
  const words = text === '' ? [] : text.split(' ')
  const piece = Math.max(1, Math.ceil(words.length / pieces))
  const parts = { train: [] as string[], val: [] as string[], test: [] as string[] }
  for (let at = 0; at < words.length; at += piece) {
    const nth = (at / piece) % 10
    const part = nth === 8 ? parts.val : nth === 9 ? parts.test : parts.train
    part.push(...words.slice(at, at + piece))
  }
  return { train: parts.train.join(' '), val: parts.val.join(' '), test: parts.test.join(' ') }
}
