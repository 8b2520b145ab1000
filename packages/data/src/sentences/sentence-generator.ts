import { keyedRandom } from '../random/keyed-random.js'
import { drawSpan } from './draw-span.js'
import { wordStarts } from './word-starts.js'

/** Draws stretches of a text of whole words, each a function of the seed and its number. */
export class SentenceGenerator {
  readonly text: string
  readonly #starts: Uint32Array
  readonly #seed: number

  /** @param text words parted by single spaces, such as `loadText` gives */
  constructor(text: string, seed: number) {
    this.text = text
    this.#starts = wordStarts(text)
    this.#seed = seed
  }

  /** Gives the n-th sentence of at most `maxLength` characters. */
  generate(maxLength: number, n: number): string {
    const random = keyedRandom(this.#seed, 'sentence', n)
    const { start, end } = drawSpan(this.#starts, maxLength, random)
    return this.text.slice(start, end)
  }
}
