import type { FitResult } from '@ductus/training'
import type { CommandCall } from '../options/command-spec.js'
import { listenForInterrupts } from '../terminal/interrupts.js'
import type { Interrupts } from '../terminal/interrupts.js'
import { LiveLine, aroundLiveLine } from '../terminal/live-line.js'
import { createPrinter } from '../terminal/printer.js'
import type { Printer } from '../terminal/printer.js'
import { TerminalReporter } from '../terminal/terminal-reporter.js'
import { assembleRun } from './assemble-run.js'
import { printEvaluation, shownPath } from './describe-run.js'
import { fitCallbacks } from './fit-callbacks.js'
import { trainerOptions } from './trainer-options.js'
import type { FitValues } from './trainer-options.js'

/** Trains a model on data, tests the best checkpoint, and says where it lies. */
export async function fit(call: CommandCall<FitValues>): Promise<number> {
  const { values, io } = call
  const line = new LiveLine(io.stderr)
  const printer = createPrinter(aroundLiveLine(io, line), values)
  const reporter = new TerminalReporter(printer, line, values.progress !== false)
  const interrupts = listenForInterrupts(printer)
  for (const notice of call.unused) printer.warn(notice)
  try {
    return await fitAndTest(call, printer, reporter, interrupts)
  } catch (error) {
    if (interrupts.code() !== undefined) return interrupts.code() ?? 1
    throw error
  } finally {
    reporter.finish()
    interrupts.dispose()
  }
}

async function fitAndTest(
  call: CommandCall<FitValues>,
  printer: Printer,
  reporter: TerminalReporter,
  interrupts: Interrupts,
): Promise<number> {
  const { values } = call
  const { module, data, mapping, backend, hparams } = await assembleRun(
    call,
    printer,
    interrupts.signal,
  )
  const { Trainer } = await import('@ductus/training')
  const callbacks = await fitCallbacks(values)
  const options = trainerOptions(values)
  const trainer = new Trainer({ ...options, callbacks, hparams, reporter })
  interrupts.signal.addEventListener('abort', () => trainer.interrupt())
  const { resume } = values
  const result = await trainer.fit(module, data, resume === undefined ? {} : { resume })
  sayEnd(result, printer)
  const checkpoint = result.bestCheckpoint ?? result.lastCheckpoint
  const metrics = { ...result.metrics }
  if (interrupts.code() === undefined && options.limitTestBatches !== 0) {
    const test = await trainer.test(module, data, checkpoint === null ? {} : { checkpoint })
    Object.assign(metrics, test.metrics)
    printEvaluation('Test', test, mapping, printer)
  }
  await data.teardown()
  const { status, epochs, steps, seconds, samplesPerSecond, runDir } = result
  const facts = { status, backend, epochs, steps, seconds, samplesPerSecond }
  printer.json({ ...facts, metrics, runDir, checkpoint })
  if (runDir !== null) printer.result(`Run folder: ${shownPath(runDir)}`)
  const which = result.bestCheckpoint === null ? 'Last' : 'Best'
  if (checkpoint !== null) printer.result(`${which} checkpoint: ${shownPath(checkpoint)}`)
  return interrupts.code() ?? 0
}

/** Says how long it took, and why it ended where that was not the end of its epochs. */
function sayEnd(result: FitResult, printer: Printer): void {
  const { status, stopReason, epochs, steps, seconds, samplesPerSecond } = result
  const speed = Math.round(samplesPerSecond).toLocaleString('en-US')
  const done = `${count(steps, 'step')}, ${count(epochs, 'whole epoch')} in ${seconds.toFixed(1)} s (${speed} samples/s)`
  printer.info(stopReason === null ? `${done}, ${status}` : `${done}, ${status}: ${stopReason}`)
}

function count(value: number, what: string): string {
  return `${value.toLocaleString('en-US')} ${what}${value === 1 ? '' : 's'}`
}
