import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CallbackDispatcher } from '../callbacks/callback-dispatcher.js'
import type { SavePoint } from '../callbacks/callback.js'
import { MonitoredMetrics } from '../callbacks/monitored-metrics.js'
import type { CheckpointRequest } from '../callbacks/trainer-context.js'
import { CheckpointKeeper } from '../checkpoints/checkpoint-keeper.js'
import { CheckpointStore } from '../checkpoints/checkpoint-store.js'
import { readCheckpoint, type Checkpoint } from '../checkpoints/read-checkpoint.js'
import {
  rememberedTensors,
  restoreGradients,
  restoreModels,
  restoreOptimizers,
} from '../checkpoints/restore-checkpoint.js'
import { softwareDifferences, softwareInfo } from '../checkpoints/software-info.js'
import type { TrainingData } from '../data/training-data.js'
import { assertNoLinks } from '../files/assert-no-links.js'
import { assertJson } from '../files/assert-json.js'
import { isPlainName } from '../files/plain-name.js'
import { RunLock } from '../files/run-lock.js'
import { toSealedJson } from '../files/sealed-json.js'
import { assertState } from '../files/state-schema.js'
import { writeFileWhole } from '../files/write-folder.js'
import { LearningCheck } from '../learning-check/learning-check.js'
import { guardedLogger } from '../loggers/guarded-logger.js'
import { eventLoopTurns } from '../loops/event-loop-turns.js'
import { FitLoop, type FitPlan } from '../loops/fit-loop.js'
import { currentEpoch } from '../loops/loop-state.js'
import { Optimization } from '../loops/optimization.js'
import { RowWriter } from '../loops/row-writer.js'
import type { Run } from '../loops/run.js'
import { RunContext } from '../loops/run-context.js'
import type { LitModule } from '../modules/lit-module.js'
import { finishProfile } from '../profiler/finish-profile.js'
import { Profiler, timed, type Profile } from '../profiler/profiler.js'
import { timedLogger } from '../profiler/timed-logger.js'
import type { Reporter } from '../reporters/reporter.js'
import { TrainingError } from '../training-error.js'
import { findRun } from './find-checkpoint.js'
import { checkNotEmpty, isNone } from './check-not-empty.js'
import { epochLimit, fitCallbacks, fitLoggers, fitPlan } from './fit-settings.js'
import { guarded } from './guarded.js'
import { gatherHparams } from './hparams.js'
import { readHparams } from './read-hparams.js'
import type { FitResult, RunStatus } from './results.js'
import { createRunFolder, type RunFolder } from './run-folder.js'
import { tidyRun } from './tidy-run.js'
import { sanityCheck } from './sanity-check.js'
import type { Interruption } from './trainer.js'
import type { TrainerOptions } from './trainer-options.js'

/** One fit from start to end: it makes what the loops need, and says how it went. */
export class FitSession {
  module: LitModule | undefined
  data: TrainingData | undefined
  runDir: string | undefined
  #run: Run | undefined
  #keeper: CheckpointKeeper | undefined
  #optimization: Optimization | undefined
  #loop: FitLoop | undefined
  readonly #learning: LearningCheck | undefined
  #lock: RunLock | undefined

  constructor(
    readonly options: Readonly<TrainerOptions>,
    readonly reporter: Reporter,
    readonly seed: number,
    readonly interruption: Interruption,
  ) {
    if (options.learningCheck !== false) this.#learning = new LearningCheck()
  }

  async run(module: LitModule, data: TrainingData, resume: string | undefined): Promise<FitResult> {
    this.module = module
    this.data = data
    const { options, reporter, seed } = this
    const { maxSteps } = options
    const maxEpochs = epochLimit(options)
    assertJson(options.hparams, 'hparams')
    assertJson(module.hparams(), `${module.constructor.name}.hparams()`)
    const context = new RunContext({ module, reporter, seed, maxEpochs, maxSteps })
    context.fitting = true
    const clock = (): number => performance.now()
    const profiler = options.profile === true ? new Profiler(clock) : undefined
    const callbacks = [...fitCallbacks(options), ...(this.#learning ? [this.#learning] : [])]
    const dispatcher = new CallbackDispatcher(callbacks, profiler)
    const given = fitLoggers(options).map((each) => guardedLogger(each, reporter))
    const loggers = profiler ? given.map((each) => timedLogger(each, profiler)) : given
    const run: Run = {
      context,
      dispatcher,
      rows: new RowWriter(loggers, context, clock),
      clock,
      turn: eventLoopTurns(clock),
      monitored: new MonitoredMetrics(dispatcher.callbacks, context, (name, mode) => {
        context.declare(name, mode)
      }),
      ...(profiler && { profiler }),
      interrupted: () => this.interruption.reason !== undefined,
      savePoint: (point) => this.#savePoint(point),
    }
    context.loggers = run.rows.loggers
    this.#run = run
    try {
      const fit = async (): Promise<FitResult> => this.#fit(run, data, resume)
      return await guarded(dispatcher, context, fit, () => this.#rescue(run))
    } finally {
      this.#loop?.step.dispose()
      this.#optimization?.dispose()
      // The fit's own result or error counts more than a lock that can't be removed.
      await this.#lock?.release().catch((error: Error) => {
        this.reporter.warn(`The run's lock could not be removed: ${error.message}`)
      })
    }
  }

  /** Writes the checkpoints that callbacks ask for when an error ends the fit, and lets the loggers know. */
  async #rescue({ context, rows }: Run): Promise<void> {
    try {
      await this.#lock?.assertHeld()
      await this.#keeper?.serve(context.takeRequests())
    } finally {
      const opened = this.runDir === undefined ? [] : rows.loggers
      const closing = opened.map(async (logger) => {
        await logger.flush?.()
        await logger.close?.('failed')
      })
      await Promise.allSettled(closing)
    }
  }

  /** Tells a run that comes after the fit where the fit stands, and who logs. */
  lend(context: RunContext): void {
    if (!this.#run) return
    const { epoch, state, loggers } = this.#run.context
    const { step, samples } = state
    Object.assign(context.state, { epoch: state.epoch, step, samples })
    context.epoch = epoch
    context.loggers = loggers
  }

  /** Writes a test's means to the loggers of the fit. */
  async logEvaluation(
    stage: 'validation' | 'test',
    metrics: Record<string, number>,
  ): Promise<void> {
    await this.#run?.rows.write(stage, metrics)
    for (const logger of this.#run?.rows.loggers ?? []) await logger.flush?.()
  }

  async #fit(run: Run, data: TrainingData, resume: string | undefined): Promise<FitResult> {
    const { context, dispatcher, clock, profiler } = run
    const start = clock()
    profiler?.begin('set up')
    await data.prepareData?.()
    await data.setup?.('fit')
    const plan = fitPlan(this.options, data)
    this.#checkData(plan, data)
    const optimization = new Optimization(context.module)
    this.#optimization = optimization
    context.optimizers = optimization.optimizers
    context.validates = plan.validates
    const checkpoint = await this.#open(run, data, resume)
    const loop = await this.#prepare(run, plan, optimization, checkpoint)
    this.#loop = loop
    profiler?.end()
    context.module.onFitStart(context)
    await dispatcher.call('onFitStart', context)
    const { numSanityValSteps: steps = 2 } = this.options
    const check = (): Promise<string[]> => sanityCheck(run, plan.validation, steps)
    const validated = checkpoint
      ? Object.keys(context.metrics).filter((name) => name.startsWith('validation/'))
      : await timed(profiler, 'sanity check', check)
    if (!run.interrupted()) {
      run.monitored?.begin({
        declared: context.module.declaredMetrics?.(),
        loaders: plan.validation.map(({ name }) => name),
        validated,
      })
    }
    await loop.run()
    const status = this.#status(loop)
    if (status === 'interrupted' || loop.timedOut) await this.#saveLast()
    await this.#savePoint({ kind: 'end', validated: false })
    await dispatcher.call('onFitEnd', context)
    for (const logger of run.rows.loggers) {
      await logger.flush?.()
      await logger.close?.(status)
    }
    const profile = profiler ? await finishProfile(profiler, this.runDir, this.reporter) : null
    return this.#result(run, loop, status, { seconds: (clock() - start) / 1000, profile })
  }

  /** Refuses to train on nothing; validation on nothing is a warning, where it was not asked for. */
  #checkData({ train, validation }: FitPlan, data: TrainingData): void {
    const { overfitBatches, limitTrainBatches, limitValBatches } = this.options
    const [option, limit] =
      overfitBatches === undefined
        ? ['limitTrainBatches', limitTrainBatches]
        : ['overfitBatches', overfitBatches]
    const pass = { where: 'Trainer.fit', part: 'training', option, limit } as const
    checkNotEmpty([train], pass, this.reporter)
    if (!data.valDataLoader || validation.length > 0 || isNone(limitValBatches)) return
    this.reporter.warn('Trainer.fit: the validation data give no batch, so nothing is validated.')
  }

  /** Opens the run's folder and loggers, and reads the checkpoint that the run goes on from. */
  async #open(
    run: Run,
    data: TrainingData,
    resume: string | undefined,
  ): Promise<Checkpoint | undefined> {
    const { rootDir = 'runs', name = 'default' } = this.options
    if (rootDir === false) return undefined
    for (const model of Object.keys(run.context.module.models)) assertModelName(model)
    const own = (path: string): Promise<void> => this.#own(path)
    const found = resume === undefined ? undefined : await findRun(resume, rootDir, name, own)
    if (!found) await this.#lock?.release()
    if (resume !== undefined && !found) {
      this.reporter.info(`No checkpoint of "${name}" to resume: starting a new run.`)
    }
    const folder: RunFolder = found?.run ?? (await createRunFolder(rootDir, name))
    if (!found) this.#lock = await RunLock.take(folder.path)
    this.runDir = folder.path
    run.context.runDir = folder.path
    const checkpoint = found && (await readCheckpoint(found.checkpoint))
    if (checkpoint) await this.#assertRestorable(run, checkpoint)
    const hparams = gatherHparams(this.options, run.context.module, data, this.seed)
    await mkdir(folder.path, { recursive: true })
    await writeFileWhole(join(folder.path, 'hparams.json'), toSealedJson(hparams))
    const { version } = folder
    for (const logger of run.rows.loggers) {
      await logger.open?.({
        runDir: folder.path,
        name: folder.name,
        version,
        hparams,
        resumed: checkpoint !== undefined,
        reporter: this.reporter,
      })
    }
    return checkpoint
  }

  /** Makes a run that is there this process's own, and clears away what one that was killed left half-written. */
  async #own(runDir: string): Promise<void> {
    this.#lock = await RunLock.take(runDir)
    await assertNoLinks(runDir)
    await tidyRun(runDir)
  }

  /** Checks all that a run's folder says, before anything in it is changed or any state given back. */
  async #assertRestorable(
    { context, dispatcher, rows }: Run,
    checkpoint: Checkpoint,
  ): Promise<void> {
    await readHparams(this.runDir!)
    const store = new CheckpointStore(this.runDir!)
    for (const alias of ['last', 'best'] as const) await store.named(alias)
    const { loggers, callbacks, module } = checkpoint.manifest
    const file = join(checkpoint.path, 'checkpoint.json')
    dispatcher.assertStates(callbacks, file)
    for (const { name, stateSchema } of rows.loggers) {
      if (stateSchema && Object.hasOwn(loggers, name)) {
        assertState(stateSchema, loggers[name], file, `loggers.${name}`)
      }
    }
    const { stateSchema } = context.module
    if (stateSchema) assertState(stateSchema, module.state ?? undefined, file, 'module.state')
  }

  /** Makes the loop, from the start or from where a checkpoint stands. */
  async #prepare(
    run: Run,
    plan: FitPlan,
    optimization: Optimization,
    checkpoint: Checkpoint | undefined,
  ): Promise<FitLoop> {
    const { context, dispatcher, rows } = run
    if (checkpoint) await this.#restore(run, optimization, checkpoint)
    const loop = new FitLoop(run, plan, optimization)
    if (checkpoint) restoreGradients(checkpoint, optimization, loop.step.accumulator)
    if (this.runDir === undefined) return loop
    const hparams = this.options.hparams ?? {}
    const config = this.data!.config?.() ?? null
    const store = new CheckpointStore(this.runDir)
    this.#keeper = new CheckpointKeeper(store, { run, loop, optimization, hparams, data: config })
    if (!checkpoint) return loop
    await this.#keeper.resume(checkpoint.path)
    for (const logger of rows.loggers) {
      const state = checkpoint.manifest.loggers[logger.name]
      if (state !== undefined) await logger.restore?.(state)
    }
    const event = { name: basename(checkpoint.path), path: checkpoint.path }
    await dispatcher.call('onCheckpointLoaded', context, event)
    return loop
  }

  async #restore(run: Run, optimization: Optimization, checkpoint: Checkpoint): Promise<void> {
    const { context, dispatcher } = run
    const { manifest } = checkpoint
    const differences = softwareDifferences(manifest.software, softwareInfo())
    if (differences.length > 0) {
      this.reporter.warn(
        `Resuming where ${differences.join(', ')}: numbers may differ from those of a run that was never stopped.`,
      )
    }
    await restoreModels(checkpoint, context.module)
    restoreOptimizers(checkpoint, optimization)
    context.state = structuredClone(manifest.loop)
    // A run that is over has no epoch left to begin, and its test row still tells the last one.
    context.epoch = currentEpoch(context.state)
    context.module.restore(manifest.module.state ?? undefined)
    dispatcher.restore(manifest.callbacks, rememberedTensors(checkpoint))
  }

  async #savePoint(point: SavePoint): Promise<void> {
    const { context, dispatcher } = this.#run!
    const called = dispatcher.call('onSavePoint', context, point)
    if (called) await called
    const requests = context.takeRequests()
    if (requests.length > 0) await this.#serve(requests)
  }

  async #saveLast(): Promise<void> {
    await this.#serve([{ last: true }])
  }

  /** Writes checkpoints, where the run is still this process's. */
  async #serve(requests: readonly CheckpointRequest[]): Promise<void> {
    await timed(this.#run?.profiler, 'checkpoint', async () => {
      await this.#lock?.assertHeld()
      await this.#keeper?.serve(requests)
    })
  }

  #status(loop: FitLoop): RunStatus {
    if (this.interruption.reason !== undefined) return 'interrupted'
    return loop.timedOut || this.#run!.context.stopReason !== null ? 'stopped' : 'completed'
  }

  #result(
    run: Run,
    loop: FitLoop,
    status: RunStatus,
    measured: { seconds: number; profile: Profile | null },
  ): FitResult {
    const { state } = run.context
    const { samplesPerSecond = 0, waitedForData = 0 } = loop.throughput
    const keeper = this.#keeper
    const path = (name: string | undefined): string | null =>
      name === undefined ? null : keeper!.store.path(name)
    return {
      status,
      stopReason: this.#reason(loop),
      epochs: state.epoch,
      steps: state.step,
      ...measured,
      samplesPerSecond,
      waitedForData,
      metrics: { ...state.metrics },
      findings: this.#learning?.findings ?? [],
      runDir: this.runDir ?? null,
      bestCheckpoint: path(keeper?.best),
      lastCheckpoint: path(keeper?.last),
      bestScore: bestScore(run.dispatcher),
    }
  }

  #reason(loop: FitLoop): string | null {
    if (this.interruption.reason !== undefined) return this.interruption.reason
    if (loop.timedOut) return `maxTimeMs: ${this.options.maxTimeMs} ms are over`
    return this.#run!.context.stopReason
  }
}

/** A model's files have a folder of its name in each checkpoint. */
function assertModelName(name: string): void {
  const isPlain: boolean = isPlainName(name)
  if (isPlain) return
  throw new TrainingError(
    'UNKNOWN_NAME',
    `LitModule: expected the name of a model to be a plain file name, received "${name}". Rename it in models.`,
  )
}

/** The score of the first callback that knows its best: `ModelCheckpoint`, by shape. */
function bestScore({ callbacks }: CallbackDispatcher): number | null {
  for (const callback of callbacks) {
    const { best } = callback as { best?: { score?: unknown } | null }
    if (typeof best?.score === 'number') return best.score
  }
  return null
}
