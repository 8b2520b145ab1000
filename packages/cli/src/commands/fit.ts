import type { FitResult, LearningRateSweep } from '@ductus/training'
import { learningModule } from '../learning/learning-module.js'
import type { LearningModule } from '../learning/learning-module.js'
import type { CommandCall } from '../options/command-spec.js'
import { interruptible } from '../terminal/interrupts.js'
import type { Interrupts } from '../terminal/interrupts.js'
import { LiveLine, aroundLiveLine } from '../terminal/live-line.js'
import { createPrinter } from '../terminal/printer.js'
import type { Printer } from '../terminal/printer.js'
import { TerminalReporter } from '../terminal/terminal-reporter.js'
import { assembleRun } from './assemble-run.js'
import type { AssembledRun } from './assemble-run.js'
import { printEvaluation, shownPath } from './describe-run.js'
import { fitCallbacks } from './fit-callbacks.js'
import { finishLoggers, fitLoggers } from './fit-loggers.js'
import { keepSweep } from './keep-sweep.js'
import { reportAfterFit } from '../pictures/report-after-fit.js'
import { trainerOptions } from './trainer-options.js'
import type { FitValues } from './trainer-options.js'

/** Trains a model on data, tests the best checkpoint, and says where it lies. */
export async function fit(call: CommandCall<FitValues>): Promise<number> {
  const { values, io } = call
  const line = new LiveLine(io.stderr)
  const printer = createPrinter(aroundLiveLine(io, line), values)
  const reporter = new TerminalReporter(printer, line, values.progress !== false)
  for (const notice of call.unused) printer.warn(notice)
  return interruptible(printer, 'Interrupted before training.', (interrupts) =>
    fitAndTest(call, printer, reporter, { interrupts, line }).finally(() => {
      reporter.finish()
    }),
  )
}

async function fitAndTest(
  call: CommandCall<FitValues>,
  printer: Printer,
  reporter: TerminalReporter,
  { interrupts, line }: { interrupts: Interrupts; line: LiveLine },
): Promise<number> {
  const { values } = call
  const { signal } = interrupts
  const run = await assembleRun(call, printer, {
    signal,
    ...(values.progress === false ? {} : { line }),
  })
  const { data, mapping, backend, hparams } = run
  const { module, sweep } =
    values.autoLrFind === true
      ? await withFoundRate(run, values, { printer, signal })
      : { module: run.module, sweep: undefined }
  signal.throwIfAborted()
  const { Trainer } = await import('@ductus/training')
  const callbacks = await fitCallbacks(values)
  if (sweep !== undefined) callbacks.push(keepSweep(sweep))
  const loggers = await fitLoggers(values)
  const options = trainerOptions(values)
  const trainer = new Trainer({ ...options, callbacks, loggers, hparams, reporter })
  const { resume } = values
  const fitModel = () =>
    trainer.fit(module, data, { signal, ...(resume === undefined ? {} : { resume }) })
  const fitting = async () => {
    const result = await (options.fastDevRun ? fitModel() : interrupts.whileSaving(fitModel))
    sayEnd(result, printer)
    const checkpoint = result.bestCheckpoint ?? result.lastCheckpoint
    const metrics = { ...result.metrics }
    if (!signal.aborted && options.limitTestBatches !== 0) {
      // --restore-best has put the weights to test in place.
      const asItIs = checkpoint === null || values.restoreBest === true
      const test = await trainer.test(module, data, { signal, ...(asItIs ? {} : { checkpoint }) })
      if (test.status === 'completed') {
        Object.assign(metrics, test.metrics)
        printEvaluation('Test', test, mapping, printer)
      }
    }
    return { result, checkpoint, metrics }
  }
  const { result, checkpoint, metrics } = await fitting().finally(() => finishLoggers(loggers))
  await data.teardown()
  const { status, stopReason, epochs, steps, seconds, runDir } = result
  const { samplesPerSecond, waitedForData } = result
  const speed = { seconds, samplesPerSecond, waitedForData }
  const facts = { status, stopReason, backend, epochs, steps, ...speed }
  printer.json({ ...facts, metrics, findings: result.findings, runDir, checkpoint })
  if (runDir !== null) printer.result(`Run folder: ${shownPath(runDir)}`)
  const which = result.bestCheckpoint === null ? 'Last' : 'Best'
  if (checkpoint !== null) printer.result(`${which} checkpoint: ${shownPath(checkpoint)}`)
  if (signal.aborted) sayUndone(result, values, options.limitTestBatches !== 0, printer)
  else if (values.report === true && runDir !== null) await reportAfterFit(runDir, values, printer)
  for (const finding of reporter.findings) printer.warn(finding)
  return 0
}

/** Sweeps the learning rate, and trains with the suggested one where there is one. */
async function withFoundRate(
  { module, data }: AssembledRun,
  values: FitValues,
  { printer, signal }: { printer: Printer; signal: AbortSignal },
): Promise<{ module: LearningModule; sweep: LearningRateSweep }> {
  const { findLearningRate } = await import('@ductus/training')
  const sweep = await findLearningRate(module, data, { seed: values.seed ?? 42, signal })
  const { suggestion } = sweep
  if (suggestion === undefined) {
    printer.warn('--auto-lr-find: the loss falls nowhere in the sweep; --lr stays as it is.')
    return { module, sweep }
  }
  printer.info(`Learning rate found: ${suggestion.toExponential(2)}`)
  const next = { ...values, lr: suggestion }
  return { module: await learningModule(module.model, data.config(), next), sweep }
}

/** Says how long it took, and why it ended where that was not the end of its epochs. */
function sayEnd(result: FitResult, printer: Printer): void {
  const { status, stopReason, epochs, steps, seconds, lastCheckpoint } = result
  if (status === 'interrupted') {
    printer.info(
      lastCheckpoint === null
        ? 'Interrupted: this run writes no checkpoint.'
        : `Interrupted: the last checkpoint is written to ${shownPath(lastCheckpoint)}; --resume continues from it.`,
    )
  }
  const speed = Math.round(result.samplesPerSecond).toLocaleString('en-US')
  const waited = `waited for data ${(100 * result.waitedForData).toFixed(1)} %`
  const done = `${count(steps, 'step')}, ${count(epochs, 'whole epoch')} in ${seconds.toFixed(1)} s (${speed} samples/s, ${waited})`
  const plain = stopReason === null || stopReason === status
  printer.info(plain ? `${done}, ${status}` : `${done}, ${status}: ${stopReason}`)
}

/** Says what a signal left out of a fit whose training may have been done. */
function sayUndone(
  { status }: FitResult,
  { report }: FitValues,
  tests: boolean,
  printer: Printer,
): void {
  if (status !== 'interrupted' && tests) {
    printer.info('Interrupted after training: "ductus test" measures the checkpoint.')
  }
  if (report === true) printer.info('Interrupted: no report is written; "ductus report" writes it.')
}

function count(value: number, what: string): string {
  return `${value.toLocaleString('en-US')} ${what}${value === 1 ? '' : 's'}`
}
