import { shownPath } from '../commands/describe-run.js'
import type { Printer } from '../terminal/printer.js'
import type { OpenValues } from './open-run.js'
import { writeRunReport } from './write-run-report.js'

/** Writes the report of a run that has just ended, into its folder; a report that fails doesn't fail the fit. */
export async function reportAfterFit(
  runDir: string,
  { backend, threads, isa, gpus, dataDir, model, data }: OpenValues,
  printer: Printer,
): Promise<void> {
  const named = {
    ...(backend === undefined ? {} : { backend }),
    ...(threads === undefined ? {} : { threads }),
    ...(isa === undefined ? {} : { isa }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(dataDir === undefined ? {} : { dataDir }),
    // what the user named for the fit may be run for its report too
    ...(model === undefined ? {} : { model }),
    ...(data === undefined ? {} : { data }),
  }
  try {
    // which backend runs has been said once
    const quiet = { ...printer, info: () => undefined }
    const { path } = await writeRunReport(runDir, named, quiet)
    printer.result(`Report: ${shownPath(path)}`)
  } catch (error) {
    printer.warn(
      `The report could not be written: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
