import { sayWeightless, WeightedMeans } from '../metrics/weighted-means.js'
import type { GradientClipping } from '../trainer/trainer-options.js'
import { timed } from '../profiler/profiler.js'
import { EvaluationLoop } from './evaluation-loop.js'
import { samplesOf, type LimitedLoader } from './limited-loader.js'
import type { Optimization } from './optimization.js'
import type { Run } from './run.js'
import { Throughput } from './throughput.js'
import { TrainStep, type StepResult } from './train-step.js'

/** When a fit ends, validates and logs; counts are worked out, and fractions gone. */
export interface FitPlan {
  train: LimitedLoader
  validation: readonly LimitedLoader[]
  /** Whether a validation will be due. */
  validates: boolean
  maxEpochs: number | undefined
  minEpochs: number
  maxSteps: number | undefined
  maxTimeMs: number | undefined
  checkValEveryNEpochs: number
  /** Training batches between validations inside an epoch. */
  valCheckInterval: number | undefined
  accumulate: number
  clip: GradientClipping | undefined
  logEveryNSteps: number
  detectLeaks: boolean
}

/**
 * Trains: epochs of batches, with validations between. All that it counts is in `context.state`, and it starts from
 * there: a run taken up again goes the same way as one that was never stopped.
 */
export class FitLoop {
  readonly step: TrainStep
  /** What training came to in this process, validation apart. */
  readonly throughput = new Throughput()
  /** The open validation, for a checkpoint inside it. */
  validation: EvaluationLoop
  /** Whether `maxTimeMs` ended the run. */
  timedOut = false
  readonly #run: Run
  readonly #plan: FitPlan
  readonly #deadline: number
  #epochThroughput = new Throughput()
  readonly #trainMeans: WeightedMeans
  /** Means of the batches that make one step. */
  readonly #stepMeans: WeightedMeans

  constructor(run: Run, plan: FitPlan, optimization: Optimization) {
    this.#run = run
    this.#plan = plan
    this.#deadline = run.clock() + (plan.maxTimeMs ?? Infinity)
    this.step = new TrainStep(run.context, optimization, run.dispatcher, plan, run.profiler)
    this.#trainMeans = new WeightedMeans(run.context.state.trainSums)
    this.#stepMeans = new WeightedMeans(run.context.state.microSums)
    this.validation = this.#newValidation()
  }

  async run(): Promise<void> {
    const { context, profiler } = this.#run
    while (!this.#done()) {
      context.epoch = context.state.epoch
      profiler?.begin('epoch', 'other', context.epoch)
      const whole = await this.#epoch()
      profiler?.end()
      if (!whole) return
    }
  }

  /** Brings the sums in the state up to date, before a checkpoint. */
  capture(): void {
    const { state } = this.#run.context
    state.trainSums = this.#trainMeans.sums()
    state.microSums = this.#stepMeans.sums()
    state.validationSums = state.phase === 'validation' ? this.validation.means.sums() : {}
  }

  /** Runs one epoch, or what is left of it; false where the run was told to end inside. */
  async #epoch(): Promise<boolean> {
    const { context, dispatcher } = this.#run
    const { state } = context
    const { train } = this.#plan
    this.#epochThroughput = new Throughput()
    if (state.batch === 0 && state.phase === 'train') {
      state.logged = {}
      await dispatcher.call('onEpochStart', context)
    }
    if (state.phase === 'validation') {
      const closing = state.batch >= train.batches || this.#stepsDone()
      if (!(await this.#validate(closing))) return false
      // Whatever a callback or a signal asked for meanwhile, as where the epoch was not interrupted.
      if (closing) return this.#closeEpoch()
    }
    if (!this.#leaving() && state.batch < train.batches && !this.#stepsDone()) {
      // A stop may have come between a batch and the validation due after it.
      if (state.batch > 0 && this.#validationDue(false) && !(await this.#validate(false)))
        return false
      if (!this.#leaving() && !(await this.#trainBatches())) return false
    }
    if (this.#leaving()) return false
    return this.#closeEpoch()
  }

  async #trainBatches(): Promise<boolean> {
    const { context, clock, profiler, turn } = this.#run
    const { state } = context
    const { train } = this.#plan
    const batches = train.loader.batches(state.epoch, state.batch, { reuse: true })
    let since = clock()
    this.#enterTraining()
    for await (const batch of profiler?.waiting('data', batches) ?? batches) {
      const waited = clock() - since
      const index = state.batch
      context.batchIndex = index
      context.batchSize = batch.size
      context.batch = batch
      const started = this.#run.dispatcher.call('onTrainBatchStart', context)
      if (started) await started
      const result = await this.step.run(batch, index, index + 1 >= train.batches)
      state.batch++
      state.samples += batch.size
      await this.#batchEnd(result, index, batch.size)
      this.#count(batch.size, clock() - since, waited)
      const saving = this.#run.dispatcher.has('onSavePoint')
      if (saving) await this.#run.savePoint({ kind: 'batch', validated: false })
      // The loader may make batches meanwhile, so that this counts as waiting for data.
      since = clock()
      const turned = turn()
      if (turned) await turned
      if (this.#leaving()) return false
      if (state.batch >= train.batches || this.#stepsDone()) break
      if (this.#validationDue(false)) {
        if (!(await this.#validate(false))) return false
        if (this.#leaving()) return false
        this.#enterTraining()
        since = clock()
      }
    }
    return true
  }

  #count(samples: number, ms: number, waitedMs: number): void {
    this.throughput.add(samples, ms, waitedMs)
    this.#epochThroughput.add(samples, ms, waitedMs)
  }

  #enterTraining(): void {
    const { context } = this.#run
    context.stage = 'train'
    context.means = this.#trainMeans
    context.batches = this.#plan.train.batches
    context.passSamples = samplesOf(this.#plan.train)
  }

  async #batchEnd(
    { loss, divisor, metrics, stepped, updated }: StepResult,
    index: number,
    size: number,
  ): Promise<void> {
    const { context, dispatcher, rows } = this.#run
    const values: Record<string, number> = { 'train/loss': loss }
    // What counts nothing in the batch is no value of its step.
    const counted: Record<string, number> = divisor === 0 ? {} : { 'train/loss': loss }
    this.#addToMeans('train/loss', loss, divisor)
    for (const { name, value, weight, mode } of metrics) {
      values[name] = value
      if (weight !== 0) counted[name] = value
      context.declare(name, mode)
      this.#addToMeans(name, value, weight)
    }
    const ofStep = stepped ? this.#takeStepMeans(counted) : {}
    if (updated) {
      context.fresh = ofStep
      const after = dispatcher.call('onAfterOptimizerStep', context)
      if (after) await after
    }
    context.fresh = values
    const ended = dispatcher.call('onTrainBatchEnd', context, { index, size, metrics: values })
    if (ended) await ended
    this.#run.monitored?.saw('train', values)
    if (stepped && context.step % this.#plan.logEveryNSteps === 0) {
      await rows.write('step', stepNames(ofStep))
    }
  }

  #addToMeans(name: string, value: number, weight: number): void {
    this.#trainMeans.add(name, value, weight)
    if (this.#plan.accumulate > 1) this.#stepMeans.add(name, value, weight)
  }

  /** Means of the batches that made a step: the values of the last one, to the bit, where that was the only one. */
  #takeStepMeans(last: Record<string, number>): Record<string, number> {
    if (this.#plan.accumulate === 1) return last
    const means = this.#stepMeans.means()
    this.#stepMeans.clear()
    return means
  }

  /** Runs a validation, or what is left of it; false where the run was told to end inside. */
  async #validate(closing: boolean): Promise<boolean> {
    return timed(this.#run.profiler, 'validation', () => this.#validation(closing))
  }

  async #validation(closing: boolean): Promise<boolean> {
    const { context, dispatcher, rows } = this.#run
    const { state, module } = context
    const fresh = state.phase === 'train'
    if (fresh) {
      state.phase = 'validation'
      state.validationLoader = 0
      state.validationBatch = 0
      state.validationSums = {}
      forgetValidation(state.logged)
      this.validation = this.#newValidation()
      module.onEvaluationStart('validation')
      context.stage = 'validation'
      await dispatcher.call('onValidationStart', context)
    }
    const progress = { loader: state.validationLoader, batch: state.validationBatch }
    let left = false
    await this.validation.run(progress, false, async () => {
      state.validationLoader = progress.loader
      state.validationBatch = progress.batch
      this.#run.monitored?.saw('validation', context.fresh)
      left = this.#run.interrupted()
      return !left
    })
    if (left) return false
    state.phase = 'train'
    state.validations++
    state.validatedAtBatch = state.batch
    const means = this.validation.means.means()
    sayWeightless(context.reporter, this.validation.means)
    Object.assign(state.metrics, means)
    context.fresh = means
    module.onEvaluationEnd('validation', context)
    await context.settle()
    await dispatcher.call('onValidationEnd', context)
    if (closing) return true
    await rows.write('validation', means)
    await this.#run.savePoint({ kind: 'validation', validated: true })
    return true
  }

  /** Ends an epoch, or the part of it that the last step leaves: means, validation, hooks, row, save point. */
  async #closeEpoch(): Promise<boolean> {
    const { context, dispatcher, rows } = this.#run
    const { state } = context
    const whole = state.batch >= this.#plan.train.batches
    const trained = this.#trainMeans.means()
    sayWeightless(context.reporter, this.#trainMeans)
    Object.assign(state.metrics, trained)
    const due = state.validatedAtBatch !== state.batch && (this.#validationDue(true) || !whole)
    if (due && this.#plan.validation.length > 0 && !(await this.#validate(true))) return false
    const validated = state.validatedAtBatch === state.batch
    const fresh = { ...trained, ...(validated ? this.validation.means.means() : {}) }
    context.stage = 'train'
    context.fresh = fresh
    if (whole) {
      state.epoch++
      state.batch = 0
      state.validatedAtBatch = -1
      this.#trainMeans.clear()
    }
    await context.settle()
    await dispatcher.call('onEpochEnd', context)
    await rows.write('epoch', fresh, this.#epochThroughput)
    await this.#run.savePoint({ kind: 'epoch', validated })
    return whole
  }

  #newValidation(): EvaluationLoop {
    const { validationSums } = this.#run.context.state
    return new EvaluationLoop(this.#run, 'validation', this.#plan.validation, validationSums)
  }

  #validationDue(epochEnd: boolean): boolean {
    const { state } = this.#run.context
    const { valCheckInterval, checkValEveryNEpochs, validation } = this.#plan
    if (validation.length === 0) return false
    if (state.validatedAtBatch === state.batch) return false
    if (valCheckInterval !== undefined && state.batch % valCheckInterval === 0) return true
    return epochEnd && (state.epoch + 1) % checkValEveryNEpochs === 0
  }

  #stepsDone(): boolean {
    const { maxSteps } = this.#plan
    return maxSteps !== undefined && this.#run.context.step >= maxSteps
  }

  #done(): boolean {
    const { maxEpochs, train } = this.#plan
    if (train.batches === 0 || this.#stepsDone() || this.#leaving()) return true
    return maxEpochs !== undefined && this.#run.context.state.epoch >= maxEpochs
  }

  /** Whether the run is to end at the next safe place. */
  #leaving(): boolean {
    const { context, clock } = this.#run
    this.timedOut ||= clock() >= this.#deadline
    if (this.timedOut || this.#run.interrupted()) return true
    return context.stopReason !== null && context.state.epoch >= this.#plan.minEpochs
  }
}

/** A row of one step has columns of its own: `train/loss` is an epoch's mean. */
function stepNames(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}_step`, value]))
}

/** What hooks logged of a validation is of that one alone. */
function forgetValidation(logged: Record<string, number>): void {
  for (const name of Object.keys(logged)) if (name.startsWith('validation/')) delete logged[name]
}
