import type { LogRow, Logger } from '../loggers/logger.js'
import type { RunContext } from './run-context.js'

/** Milliseconds from some start, as `performance.now`. */
export type Clock = () => number

/** Hands rows to every logger, with what hooks logged since the last one. */
export class RowWriter {
  readonly loggers: readonly Logger[]
  readonly #context: RunContext
  readonly #clock: Clock
  readonly #start: number

  constructor(loggers: readonly Logger[], context: RunContext, clock: Clock) {
    this.loggers = loggers
    this.#context = context
    this.#clock = clock
    this.#start = clock()
  }

  async write(
    kind: LogRow['kind'],
    metrics: Readonly<Record<string, number>>,
    throughput?: Pick<LogRow, 'samplesPerSecond' | 'waitedForData'>,
  ): Promise<void> {
    const extra = await this.#context.takeLogged()
    if (this.loggers.length === 0) return
    const row: LogRow = {
      kind,
      epoch: this.#context.epoch,
      step: this.#context.step,
      samples: this.#context.samples,
      metrics: { ...metrics, ...extra },
      seconds: (this.#clock() - this.#start) / 1000,
      samplesPerSecond: throughput?.samplesPerSecond,
      waitedForData: throughput?.waitedForData,
    }
    for (const logger of this.loggers) logger.log(row)
  }
}
