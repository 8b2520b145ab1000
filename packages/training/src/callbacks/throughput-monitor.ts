import { join } from 'node:path'
import { memory } from '@tensorflow/tfjs-core'
import { CsvTable } from '../loggers/csv-table.js'
import type { DeclaredMetrics } from '../metrics/metric-mode.js'
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

/** What is measured, and which way is better. */
const modes = {
  samplesPerSecond: 'max',
  stepsPerSecond: 'max',
  tensors: 'min',
  tensorBytes: 'min',
  rssBytes: 'min',
} as const

/**
 * Writes `throughput.csv` into the run folder: samples and steps a second since the last row, tensors and bytes that
 * TensorFlow.js holds, and the process's memory. Apart from `metrics.csv`, which has no clock; callbacks may watch them
 * as `throughput/samplesPerSecond` and so on.
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
    const columns = ['step', ...Object.keys(modes)]
    this.#table =
      runDir === undefined ? undefined : new CsvTable(join(runDir, 'throughput.csv'), columns)
    this.#reset()
  }

  onAfterOptimizerStep(): void {
    this.#steps++
  }

  onTrainBatchEnd(context: TrainerContext, { size }: BatchOutcome): void {
    this.#samples += size
    if (this.#steps < this.#every) return
    const seconds = (this.#clock() - this.#since) / 1000
    const { numTensors, numBytes } = memory()
    const measured = {
      samplesPerSecond: Math.round((this.#samples / seconds) * 10) / 10,
      stepsPerSecond: Math.round((this.#steps / seconds) * 100) / 100,
      tensors: numTensors,
      tensorBytes: numBytes,
      rssBytes: process.memoryUsage.rss(),
    }
    this.#table?.append({ step: context.step, ...measured })
    for (const [name, value] of Object.entries(measured)) {
      context.log(`throughput/${name}`, value, { row: false })
    }
    this.#reset()
  }

  declaredMetrics(): DeclaredMetrics {
    return Object.fromEntries(
      Object.entries(modes).map(([name, mode]) => [`throughput/${name}`, mode]),
    )
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
