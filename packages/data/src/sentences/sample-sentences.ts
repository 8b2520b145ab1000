import type { DataContext } from '../files/data-context.js'
import { loadText, type TextChoice } from './load-text.js'
import { SentenceGenerator } from './sentence-generator.js'

/** Draws sentences, as lines of handwriting are made from: whole words, without punctuation. */
export async function sampleSentences(
  options: TextChoice & { maxLength?: number; count?: number; seed?: number } = {},
  context: DataContext = {},
): Promise<string[]> {
  const { maxLength = 32, count = 1, seed = 42 } = options
  const generator = new SentenceGenerator(await loadText(options, context), seed)
  return Array.from({ length: count }, (_, n) => generator.generate(maxLength, n))
}
