import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import { restoreModel } from '../checkpoints/restore-model.js'
import { findDataClass } from '../classes/find-data-class.js'
import { failure } from '../errors/cli-error.js'
import { moduleOfCheckpoint } from '../learning/module-of-checkpoint.js'
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

/** What `fit` left in a checkpoint of the data it trained on. */
interface TrainedOn {
  name?: string
  path?: string
  options?: Record<string, unknown>
}

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
  const { ProgressBar, Trainer, readCheckpoint } = await import('@ductus/training')
  const checkpoint = await readCheckpoint(findCheckpoint(values.checkpoint, values))
  const trainedOn = (checkpoint.manifest.hparams as { data?: TrainedOn }).data
  const name = values.data ?? trainedOn?.path ?? trainedOn?.name
  if (name === undefined) {
    throw failure(`Checkpoint "${checkpoint.path}" does not name its data. Say --data <name>.`)
  }
  const DataClass = await (await findDataClass(name)).load()
  const isSame = values.data === undefined || values.data === trainedOn?.name
  const options = { ...(isSame ? trainedOn?.options : {}), ...given(values), ...call.data }
  const data = new DataClass(options, dataContext(values, printer, { signal }))
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
  const module = await moduleOfCheckpoint(checkpoint, model, data.config(), values)
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
