import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { vizRunOptions } from '../options/picture-options.js'
import { failure, usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import { findRun } from '../pictures/find-run.js'
import { binsFor, historiesOf } from '../pictures/histories-of.js'
import { pictureOptions, savePictures } from '../pictures/save-pictures.js'
import { createPrinter } from '../terminal/printer.js'

/** Draws how a run's weights and biases went over training. */
export async function vizHistory({
  args,
  values,
  io,
}: CommandCall<OptionValues<typeof vizRunOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { weightHistory } = await import('@ductus/viz')
  const { layers: all, source } = await historiesOf(await findRun(args[0], values))
  if (source === 'checkpoints') {
    printer.info('No parameter history was recorded: one column a saved checkpoint')
  }
  const layers = all.map(({ layer }) => layer)
  if (values.layer !== undefined && !layers.includes(values.layer)) {
    throw usageError(unknownName('layer', values.layer, layers))
  }
  const wanted = all.filter(({ layer }) => values.layer === undefined || layer === values.layer)
  if (wanted.length === 0) throw failure('viz history: this network has no weights.')
  const pictures = wanted.map((history) =>
    weightHistory({ ...history, weightBins: binsFor(history), ...pictureOptions(values) }),
  )
  return savePictures(pictures, 'history', values, printer)
}
