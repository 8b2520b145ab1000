import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { sentencesOptions } from '../options/look-options.js'
import { createPrinter } from '../terminal/printer.js'
import { dataContext } from './data-context.js'

/** Draws sentences from the Brown corpus or the user's text, a line each. */
export async function dataSentences({
  values,
  io,
}: CommandCall<OptionValues<typeof sentencesOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { sampleSentences } = await import('@ductus/data')
  const { textFile, maxLength = 32, count = 4, seed = 42 } = values
  const sentences = await sampleSentences(
    { ...(textFile === undefined ? {} : { textFile }), maxLength, count, seed },
    dataContext(values, printer),
  )
  printer.json(sentences)
  if (values.json !== true) for (const sentence of sentences) printer.result(sentence)
  return 0
}
