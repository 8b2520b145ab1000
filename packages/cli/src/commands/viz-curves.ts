import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { vizCurvesOptions } from '../options/picture-options.js'
import { usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import { findRun } from '../pictures/find-run.js'
import { pictureOptions, savePictures } from '../pictures/save-pictures.js'
import { createPrinter } from '../terminal/printer.js'

/** Draws the curves of runs, the same metric of all runs in one chart. */
export async function vizCurves({
  args,
  values,
  io,
}: CommandCall<OptionValues<typeof vizCurvesOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { activationCurves, allCurves, readRun, runCurves } = await import('@ductus/viz')
  const runs = await Promise.all(args.map(async (arg) => readRun(await findRun(arg, values))))
  for (const note of runs.flatMap((run) => run.notes)) printer.warn(note)
  const known = [...new Set(runs.flatMap((run) => run.metrics.names))]
  for (const name of values.metric ?? []) {
    if (!known.includes(name)) throw usageError(unknownName('metric', name, known))
  }
  const { theme } = pictureOptions(values)
  const options = {
    theme,
    ...(values.rolling === undefined ? {} : { rollingWindow: values.rolling }),
  }
  const charts = values.metric
    ? await runCurves(runs, { ...options, only: values.metric })
    : await allCurves(runs, options)
  const [only] = runs.length === 1 ? runs : []
  if (!values.metric && only?.activations) {
    charts.push(...(await activationCurves(only.activations, options)))
  }
  if (charts.length === 0) throw usageError('viz curves: no metrics have been written yet.')
  return savePictures(
    charts.map((chart) => chart.picture),
    'curves',
    values,
    printer,
  )
}
