import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { reportOptions } from '../options/picture-options.js'
import { findRun } from '../pictures/find-run.js'
import { writeRunReport } from '../pictures/write-run-report.js'
import { createPrinter } from '../terminal/printer.js'
import { shownPath } from './describe-run.js'

/** Writes one HTML page on a run. */
export async function report({
  args,
  values,
  io,
}: CommandCall<OptionValues<typeof reportOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const folder = await findRun(args[0], values)
  const start = performance.now()
  // what is no run is said before an engine is started for it
  const { readRun } = await import('@ductus/viz')
  await readRun(folder)
  const { path, bytes } = await writeRunReport(folder, values, printer)
  const seconds = (performance.now() - start) / 1000
  printer.json({ status: 'completed', path, bytes, seconds, runDir: folder })
  printer.result(`${shownPath(path)} (${(bytes / 1e6).toFixed(2)} MB, ${seconds.toFixed(1)} s)`)
  return 0
}
