import { failure } from '../errors/cli-error.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { vizSamplesOptions } from '../options/picture-options.js'
import { findRun } from '../pictures/find-run.js'
import { pictureOptions, savePictures } from '../pictures/save-pictures.js'
import { createPrinter } from '../terminal/printer.js'

/** Draws how the same few validation samples were read after each epoch. */
export async function vizSamples({
  args,
  values,
  io,
}: CommandCall<OptionValues<typeof vizSamplesOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { readRun, readingsByEpoch } = await import('@ductus/viz')
  const { folder, notes, sampleReadings } = await readRun(await findRun(args[0], values))
  for (const note of notes) printer.warn(note)
  if (!sampleReadings) {
    throw failure(
      `viz samples: expected readings of samples in "${folder}", received a run without. Train with --sample-predictions.`,
    )
  }
  const picture = readingsByEpoch(sampleReadings, pictureOptions(values))
  return savePictures([picture], 'samples', values, printer)
}
