import { failure } from '../errors/cli-error.js'
import { isLines } from '../learning/line-losses.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { vizLinesOptions } from '../options/picture-options.js'
import { openRun } from '../pictures/open-run.js'
import { readSamples } from '../pictures/read-samples.js'
import { pictureOptions, savePictures } from '../pictures/save-pictures.js'
import { createPrinter } from '../terminal/printer.js'

/** Draws test lines with what stands there and what a run's network read. */
export async function vizLines({
  args,
  values,
  io,
}: CommandCall<OptionValues<typeof vizLinesOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { lineErrorsOf, lineStrips } = await import('@ductus/viz')
  const opened = await openRun(args[0], values, printer)
  if (!isLines(opened.config)) {
    throw failure(`viz lines: expected a run on lines, received one on ${opened.config.name}.`)
  }
  const { count = 8 } = values
  const { lines, texts } = await readSamples(opened, count, count)
  opened.model.dispose()
  await opened.data.teardown()
  const { characterErrorRate } = lineErrorsOf(texts)
  printer.info(`Character error rate of these lines: ${(100 * characterErrorRate).toFixed(1)} %`)
  const titled = lines.map((line, i) => ({
    ...line,
    title: `${texts[i]?.truth} → ${texts[i]?.read}`,
  }))
  return savePictures([lineStrips(titled, pictureOptions(values))], 'lines', values, printer)
}
