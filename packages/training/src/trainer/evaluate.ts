import { CallbackDispatcher } from '../callbacks/callback-dispatcher.js'
import { readCheckpoint } from '../checkpoints/read-checkpoint.js'
import { restoreModels } from '../checkpoints/restore-checkpoint.js'
import type { TrainingData } from '../data/training-data.js'
import { EvaluationLoop } from '../loops/evaluation-loop.js'
import { eventLoopTurns } from '../loops/event-loop-turns.js'
import { RowWriter } from '../loops/row-writer.js'
import type { Run } from '../loops/run.js'
import { RunContext } from '../loops/run-context.js'
import { sayWeightless } from '../metrics/weighted-means.js'
import type { LitModule } from '../modules/lit-module.js'
import { checkNotEmpty, type PassLimit } from './check-not-empty.js'
import { findCheckpoint } from './find-checkpoint.js'
import { guarded } from './guarded.js'
import { testLoader, validationLoaders } from './loaders.js'
import type { EvaluationResult } from './results.js'
import type { Surroundings } from './surroundings.js'
import type { TrainerOptions } from './trainer-options.js'

/** Goes over validation or test data once. */
export async function runEvaluation(
  surroundings: Surroundings,
  stage: 'validation' | 'test',
  module: LitModule,
  data: TrainingData,
  wanted: string | undefined,
): Promise<EvaluationResult> {
  const { options, session } = surroundings
  const run = evaluationRun(surroundings, module)
  const { context, dispatcher, clock } = run
  return guarded(dispatcher, context, async () => {
    await data.prepareData?.()
    await data.setup?.(stage === 'test' ? 'test' : 'validate')
    const checkpoint = await loadWanted(run, module, wanted, surroundings)
    const loaders =
      stage === 'test' ? [testLoader(data, options)] : validationLoaders(data, options)
    checkNotEmpty(loaders, passLimit(stage, options), context.reporter)
    const loop = new EvaluationLoop(run, stage, loaders)
    module.onEvaluationStart(stage)
    context.stage = stage
    await dispatcher.call(stage === 'test' ? 'onTestStart' : 'onValidationStart', context)
    const start = clock()
    if (!run.interrupted()) {
      await loop.run({ loader: 0, batch: 0 }, false, () => !run.interrupted())
    }
    const interrupted = run.interrupted()
    const seconds = (clock() - start) / 1000
    const metrics = loop.means.means()
    sayWeightless(context.reporter, loop.means)
    Object.assign(context.state.metrics, metrics)
    context.fresh = metrics
    // Means over a part of the data are no row of the run, and end no pass.
    if (!interrupted) {
      module.onEvaluationEnd(stage, context)
      await dispatcher.call(stage === 'test' ? 'onTestEnd' : 'onValidationEnd', context)
      if (session?.module === module) await session.logEvaluation(stage, metrics)
    }
    return {
      ...module.evaluationReport(stage),
      status: interrupted ? 'interrupted' : 'completed',
      metrics,
      samples: loop.samples,
      seconds,
      samplesPerSecond: seconds > 0 ? loop.samples / seconds : 0,
      checkpoint,
    }
  })
}

function passLimit(stage: 'validation' | 'test', options: TrainerOptions): PassLimit {
  const { limitValBatches, limitTestBatches } = options
  return stage === 'test'
    ? { where: 'Trainer.test', part: stage, option: 'limitTestBatches', limit: limitTestBatches }
    : { where: 'Trainer.validate', part: stage, option: 'limitValBatches', limit: limitValBatches }
}

/** Makes the surroundings of a run that does not train. */
export function evaluationRun(
  { options, reporter, seed, interruption, session }: Surroundings,
  module: LitModule,
): Run {
  const context = new RunContext({
    module,
    reporter,
    seed,
    maxEpochs: undefined,
    maxSteps: undefined,
  })
  context.runDir = session?.runDir
  if (session?.module === module) session.lend(context)
  const clock = (): number => performance.now()
  return {
    context,
    dispatcher: new CallbackDispatcher(options.callbacks ?? []),
    rows: new RowWriter([], context, clock),
    clock,
    turn: eventLoopTurns(clock),
    interrupted: () => interruption.reason !== undefined,
    savePoint: () => Promise.resolve(),
  }
}

/** Loads a checkpoint's weights, where one is wanted; gives its path. */
export async function loadWanted(
  { context, dispatcher }: Run,
  module: LitModule,
  wanted: string | undefined,
  { options: { rootDir = 'runs', name }, session }: Surroundings,
): Promise<string | null> {
  if (wanted === undefined) return null
  const place = { runDir: session?.runDir, ...(rootDir === false ? {} : { rootDir, name }) }
  const checkpoint = await readCheckpoint(await findCheckpoint(wanted, place))
  await restoreModels(checkpoint, module)
  await dispatcher.call('onCheckpointLoaded', context, { name: wanted, path: checkpoint.path })
  return checkpoint.path
}
