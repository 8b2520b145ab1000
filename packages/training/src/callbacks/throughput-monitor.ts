import { join } from 'node:path'
import { memory } from '@tensorflow/tfjs-core'
import { CsvTable } from '../loggers/csv-table.js'
import { assertOption, whole } from './assert-option.js'
import type { BatchOutcome, Callback } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `ThroughputMonitor`. */
export interface ThroughputMonitorOptions {
  /** Optimizer steps between two rows. Defaults to 50. */
  everyNSteps?: number
  /** Gives milliseconds. Defaults to `performance.now`. */
  clock?: () => number
}

/**
 * Writes `throughput.csv` into the run folder: samples and steps a second since the last row, tensors and bytes that
 * TensorFlow.js holds, and the process's memory. Apart from `metrics.csv`, which has no clock.
 */
export class ThroughputMonitor implements Callback {
  readonly name = 'ThroughputMonitor'
  readonly skipOnFastDevRun = true
  readonly #every: number
  readonly #clock: () => number
  #table: CsvTable | undefined
  #since = 0
  #samples = 0
  #steps = 0

  constructor({ everyNSteps = 50, clock }: ThroughputMonitorOptions = {}) {
    this.#every = everyNSteps
    assertOption('ThroughputMonitor', 'everyNSteps', everyNSteps, whole(1), 50)
    this.#clock = clock ?? (() => performance.now())
  }

  onFitStart({ runDir }: TrainerContext): void {
    const columns = [
      'step',
      'samplesPerSecond',
      'stepsPerSecond',
      'tensors',
      'tensorBytes',
      'rssBytes',
    ]
    this.#table =
      runDir === undefined ? undefined : new CsvTable(join(runDir, 'throughput.csv'), columns)
    this.#reset()
  }

  onAfterOptimizerStep(): void {
    this.#steps++
  }

  onTrainBatchEnd({ step }: TrainerContext, { size }: BatchOutcome): void {
    this.#samples += size
    if (this.#steps < this.#every) return
    const seconds = (this.#clock() - this.#since) / 1000
    const { numTensors, numBytes } = memory()
    this.#table?.append({
      step,
      samplesPerSecond: Math.round((this.#samples / seconds) * 10) / 10,
      stepsPerSecond: Math.round((this.#steps / seconds) * 100) / 100,
      tensors: numTensors,
      tensorBytes: numBytes,
      rssBytes: process.memoryUsage.rss(),
    })
    this.#reset()
  }

  /** A validation's time is not training's. */
  onValidationEnd(): void {
    this.#reset()
  }

  #reset(): void {
    this.#since = this.#clock()
    this.#samples = 0
    this.#steps = 0
  }
}
