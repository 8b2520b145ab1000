import type { BatchOutcome } from '../callbacks/callback.js'
import type { LoggedMetric } from '../metrics/step-log.js'
import { WeightedMeans, type WeightedSums } from '../metrics/weighted-means.js'
import { EvaluationStep } from './evaluation-step.js'
import { samplesOf, type LimitedLoader } from './limited-loader.js'
import type { Run } from './run.js'

/** Where a pass stands, so that it can be taken up again. */
export interface EvaluationProgress {
  loader: number
  batch: number
}

/** Goes over validation or test data once, and averages what is logged: losses by their divisors, metrics by their weights. */
export class EvaluationLoop {
  readonly means: WeightedMeans
  samples = 0
  readonly #run: Run
  readonly #stage: 'validation' | 'test'
  readonly #loaders: readonly LimitedLoader[]
  readonly #step: EvaluationStep

  /** @param sums of a pass that is taken up again */
  constructor(
    run: Run,
    stage: 'validation' | 'test',
    loaders: readonly LimitedLoader[],
    sums: WeightedSums = {},
  ) {
    this.means = new WeightedMeans(sums)
    this.#run = run
    this.#stage = stage
    this.#loaders = loaders
    this.#step = new EvaluationStep(run.context, stage)
  }

  /** Number of batches of one pass. */
  get batches(): number {
    return this.#loaders.reduce((total, { batches }) => total + batches, 0)
  }

  /**
   * Does the pass, from `progress` on, which it keeps up to date.
   *
   * @param quiet whether hooks stay uncalled, as in the check before training
   * @param afterBatch called when a batch is done and counted; false ends the pass there
   */
  async run(
    progress: EvaluationProgress,
    quiet = false,
    afterBatch?: () => boolean | Promise<boolean>,
  ): Promise<void> {
    const { context, turn } = this.#run
    context.stage = this.#stage
    context.means = this.means
    context.batches = this.batches
    context.passSamples = this.#loaders.reduce((total, each) => total + samplesOf(each), 0)
    let passed = this.#loaders
      .slice(0, progress.loader)
      .reduce((sum, each) => sum + each.batches, 0)
    for (; progress.loader < this.#loaders.length; progress.loader++, progress.batch = 0) {
      const { name, loader, batches } = this.#loaders[progress.loader]!
      if (progress.batch < batches) {
        const incoming = loader.batches(0, progress.batch)
        const { profiler } = this.#run
        for await (const batch of profiler?.waiting('validation data', incoming) ?? incoming) {
          context.batchIndex = passed + progress.batch
          context.batchSize = batch.size
          context.batch = batch
          const metrics = await this.#step.run(batch, context.batchIndex)
          const outcome = this.#add(name, metrics, context.batchIndex, batch.size)
          progress.batch++
          if (!quiet) await this.#batchEnd(outcome)
          const turned = turn()
          if (turned) await turned
          if (afterBatch && !(await afterBatch())) return
          if (progress.batch >= batches) break
        }
      }
      passed += batches
    }
  }

  #add(
    loader: string,
    metrics: readonly LoggedMetric[],
    index: number,
    size: number,
  ): BatchOutcome {
    const values: Record<string, number> = {}
    for (const { name, value, weight, mode } of metrics) {
      const full = loader === '' ? name : name.replace(/^(\w+)\//, `$1/${loader}/`)
      this.means.add(full, value, weight)
      this.#run.context.declare(full, mode)
      values[full] = value
    }
    this.samples += size
    return { index, size, metrics: values }
  }

  #batchEnd(outcome: BatchOutcome): void | Promise<void> {
    const { context, dispatcher } = this.#run
    context.fresh = outcome.metrics
    return this.#stage === 'test'
      ? dispatcher.call('onTestBatchEnd', context, outcome)
      : dispatcher.call('onValidationBatchEnd', context, outcome)
  }
}
