import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { lrFindOptions } from '../options/lr-find-options.js'
import { interruptible } from '../terminal/interrupts.js'
import { createPrinter, type Printer } from '../terminal/printer.js'
import { sweepChart } from '../terminal/sweep-chart.js'
import { assembleRun } from './assemble-run.js'
import { shownPath } from './describe-run.js'

/** Sweeps the learning rate of a model on data, and suggests the one at which the loss falls fastest. */
export async function lrFind(
  call: CommandCall<OptionValues<typeof lrFindOptions>>,
): Promise<number> {
  const { values, io } = call
  const printer = createPrinter(io, values)
  return interruptible(printer, 'Interrupted: no learning rate is suggested.', ({ signal }) =>
    sweepAndSay(call, printer, signal),
  )
}

async function sweepAndSay(
  call: CommandCall<OptionValues<typeof lrFindOptions>>,
  printer: Printer,
  signal: AbortSignal,
): Promise<number> {
  const { values } = call
  for (const notice of call.unused) printer.warn(notice)
  const { module, data, backend } = await assembleRun(call, printer, { signal })
  const { findLearningRate } = await import('@ductus/training')
  const { minLr, maxLr, steps, seed = 42 } = values
  const sweep = await findLearningRate(module, data, {
    ...(minLr === undefined ? {} : { min: minLr }),
    ...(maxLr === undefined ? {} : { max: maxLr }),
    ...(steps === undefined ? {} : { steps }),
    seed,
    signal,
  })
  await data.teardown()
  printer.json({ status: 'completed', backend, ...sweep })
  if (values.out !== undefined) {
    const { lrFinderCurve, savePicture } = await import('@ductus/viz')
    await savePicture(await lrFinderCurve(sweep), values.out)
    printer.result(`Curve: ${shownPath(values.out)}`)
  }
  printer.result(sweepChart(sweep))
  printer.result(
    sweep.suggestion === undefined
      ? 'The loss falls nowhere: try other ends with --min-lr and --max-lr.'
      : `Suggested learning rate: ${sweep.suggestion.toExponential(2)} (ductus fit --lr ${sweep.suggestion.toExponential(2)})`,
  )
  return 0
}
