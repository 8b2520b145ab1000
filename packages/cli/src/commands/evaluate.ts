import { dataOfCheckpoint } from '../checkpoints/data-of-checkpoint.js'
import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import { restoreModel } from '../checkpoints/restore-model.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { evaluateOptions } from '../options/checkpoint-options.js'
import { interruptible } from '../terminal/interrupts.js'
import { LiveLine, aroundLiveLine } from '../terminal/live-line.js'
import { createPrinter, type Printer } from '../terminal/printer.js'
import { TerminalReporter } from '../terminal/terminal-reporter.js'
import { dataContext } from './data-context.js'
import { printEvaluation } from './describe-run.js'
import { startEngine } from './start-engine.js'
import { batchLimit } from './trainer-options.js'

type Call = CommandCall<OptionValues<typeof evaluateOptions>>

/** Measures a checkpoint on the validation data. */
export const validate = (call: Call): Promise<number> => evaluate('validate', call)

/** Measures a checkpoint on the test data. */
export const test = (call: Call): Promise<number> => evaluate('test', call)

async function evaluate(stage: 'validate' | 'test', call: Call): Promise<number> {
  const { values, io } = call
  const line = new LiveLine(io.stderr)
  const printer = createPrinter(aroundLiveLine(io, line), values)
  const reporter = new TerminalReporter(printer, line, values.progress !== false)
  return interruptible(printer, 'Interrupted: nothing was measured.', ({ signal }) =>
    measure(stage, call, { printer, reporter, signal }).finally(() => {
      reporter.finish()
    }),
  )
}

async function measure(
  stage: 'validate' | 'test',
  call: Call,
  {
    printer,
    reporter,
    signal,
  }: { printer: Printer; reporter: TerminalReporter; signal: AbortSignal },
): Promise<number> {
  const { values } = call
  const { ProgressBar, Trainer, readCheckpoint, restoreModule } = await import('@ductus/training')
  const checkpoint = await readCheckpoint(await findCheckpoint(values.checkpoint, values))
  const { DataClass, options } = await dataOfCheckpoint(checkpoint, values.data)
  const asked = { ...options, ...given(values), ...call.data }
  const data = new DataClass(asked, dataContext(values, printer, { signal }))
  const { name: backend } = await startEngine(values, printer)
  const model = await restoreModel(checkpoint, values.model)
  const trainer = new Trainer({
    ...limits(values),
    callbacks: [new ProgressBar()],
    loggers: [],
    rootDir: false,
    seed: values.seed ?? 42,
    reporter,
  })
  const { beamWidth } = values
  const module = restoreModule(checkpoint, model, { config: data.config(), beamWidth })
  const result = await trainer[stage](module, data, { signal })
  reporter.finish()
  const part = result.status === 'interrupted' ? ', interrupted' : ''
  const title = `${stage === 'test' ? 'Test' : 'Validation'}${part}`
  printEvaluation(title, result, data.config().mapping, printer)
  const { status, seconds, samplesPerSecond, metrics } = result
  printer.json({
    ...{ status, backend, epochs: 0, steps: 0, seconds, samplesPerSecond, metrics },
    ...{ runDir: null, checkpoint: checkpoint.path },
  })
  await data.teardown()
  return 0
}

/** The data options that the table has, where they were given. */
function given({ batchSize }: Call['values']): Record<string, unknown> {
  return batchSize === undefined ? {} : { batchSize }
}

function limits({ limitValBatches, limitTestBatches }: Call['values']) {
  return {
    ...(limitValBatches ? { limitValBatches: batchLimit(limitValBatches) } : {}),
    ...(limitTestBatches ? { limitTestBatches: batchLimit(limitTestBatches) } : {}),
  }
}
