import { failure } from '../errors/cli-error.js'
import type { Printer } from '../terminal/printer.js'
import { commandOf } from './command-of.js'
import { recordedHistories } from './histories-of.js'
import { openRun, type OpenValues } from './open-run.js'
import { reportDataOf } from './report-data-of.js'

export interface RunReportOptions extends OpenValues {
  out?: string
  samples?: number
  /** Whether the run folder alone is shown, and no checkpoint loaded. Defaults to false. */
  runOnly?: boolean
}

/** Writes a run's report; where the checkpoint can't be had, of the run folder alone, which the report says. */
export async function writeRunReport(
  folder: string,
  values: RunReportOptions,
  printer: Printer,
): Promise<{ path: string; bytes: number }> {
  const { readRun, writeReport } = await import('@ductus/viz')
  const command = commandOf(await readRun(folder))
  const data = {
    ...(command === undefined ? {} : { command }),
    ...(values.runOnly === true
      ? { histories: await recordedHistories(folder) }
      : await dataOf(folder, values, printer)),
  }
  return writeReport(folder, { data, ...(values.out === undefined ? {} : { out: values.out }) })
}

async function dataOf(folder: string, values: RunReportOptions, printer: Printer) {
  try {
    const opened = await openRun(folder, values, printer)
    try {
      return await reportDataOf(opened, folder, values.samples ?? 2000)
    } finally {
      opened.model.dispose()
      await opened.data.teardown()
    }
  } catch (error) {
    if (values.checkpoint !== undefined) throw error
    const why = error instanceof Error ? error.message : failure(String(error)).message
    printer.warn(`The report shows the run folder alone: ${why}`)
    return {
      notes: [`Samples, kernels and feature maps are left out: ${why}`],
      histories: await recordedHistories(folder),
    }
  }
}
