import type { StateSchema } from '../files/state-schema.js'
import { join } from 'node:path'
import { CsvTable, csvTableState, type CsvTableState } from '../loggers/csv-table.js'
import { assertOption, whole } from './assert-option.js'
import type { Callback } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/**
 * Writes the loss of steps 0, n, 2n, … to `loss-history.csv` in the run folder; the count runs across epochs.
 *
 * @param everyNSteps defaults to 10
 */
export class LossHistory implements Callback {
  readonly name = 'LossHistory'
  readonly skipOnFastDevRun = true
  readonly stateSchema: StateSchema = csvTableState
  readonly #every: number
  #table: CsvTable | undefined
  #restored: CsvTableState | undefined
  /** What was recorded by this process, for those without a run folder. */
  readonly recorded: { step: number; loss: number }[] = []

  constructor({ everyNSteps = 10 }: { everyNSteps?: number } = {}) {
    this.#every = everyNSteps
    assertOption('LossHistory', 'everyNSteps', everyNSteps, whole(1), 10)
  }

  onFitStart({ runDir }: TrainerContext): void {
    this.recorded.length = 0
    this.#table =
      runDir === undefined
        ? undefined
        : new CsvTable(join(runDir, 'loss-history.csv'), ['step', 'loss'])
    if (this.#restored) this.#table?.restore(this.#restored)
    this.#restored = undefined
  }

  onAfterOptimizerStep({ step, fresh }: TrainerContext): void {
    const index = step - 1
    const loss = fresh['train/loss']
    if (index % this.#every !== 0 || loss === undefined) return
    const row = { step: index, loss }
    this.recorded.push(row)
    this.#table?.append(row)
  }

  state(): CsvTableState | undefined {
    return this.#table?.state()
  }

  restore(state: unknown): void {
    this.#restored = state as CsvTableState
  }
}
