import type { StateSchema } from '../files/state-schema.js'
import { join } from 'node:path'
import { z } from 'zod'
import { CsvTable, csvTableState, type CsvTableState } from '../loggers/csv-table.js'
import type { LayerChoice } from '../modules/freeze.js'
import type { DeclaredMetrics, MetricMode } from '../metrics/metric-mode.js'
import { suggestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'
import { assertOption, whole } from './assert-option.js'
import type { Callback } from './callback.js'
import { layerStatistics, type LayerStatistics } from './layer-statistics.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `ActivationStats`. */
export interface ActivationStatsOptions {
  /** Optimizer steps between two measurements. Defaults to 50. */
  everyNSteps?: number
  /** Layers to measure, by name or pattern. Defaults to all that compute: no flatten, reshape or dropout. */
  layers?: LayerChoice
  /** Which of the module's models, fed with the batch's images. Defaults to the first. */
  model?: string
}

interface State {
  table: CsvTableState | undefined
  lastStep: number
}

const statistics = ['mean', 'std', 'deadShare', 'saturatedShare'] as const
const columns = ['step', 'layer', ...statistics]

/**
 * Writes what each layer gives for a training batch to `activation-stats.csv` in the run folder, before steps 0, n, 2n, …:
 * mean, standard deviation, share of dead units and of saturated outputs. Costs one more forward pass of that batch, as
 * in a validation: dropout drops nothing, batch norm learns nothing. Callbacks may watch `activations/<layer>/deadShare` and
 * the others.
 *
 * @throws TrainingError `UNKNOWN_NAME` for a layer or model that is not there
 */
export class ActivationStats implements Callback {
  readonly name = 'ActivationStats'
  readonly skipOnFastDevRun = true
  readonly stateSchema: StateSchema = z.object({
    table: csvTableState.optional(),
    lastStep: z.int().min(-1),
  })
  /** What was measured by this process, for those without a run folder. */
  readonly recorded: (LayerStatistics & { step: number })[] = []
  readonly #options: ActivationStatsOptions
  readonly #every: number
  #measure: ReturnType<typeof layerStatistics> | undefined
  #table: CsvTable | undefined
  #lastStep = -1
  #restored: State | undefined

  constructor(options: ActivationStatsOptions = {}) {
    this.#options = options
    this.#every = options.everyNSteps ?? 50
    assertOption('ActivationStats', 'everyNSteps', this.#every, whole(1), 50)
  }

  onFitStart({ module, runDir }: TrainerContext): void {
    this.recorded.length = 0
    this.#lastStep = this.#restored?.lastStep ?? -1
    const names = Object.keys(module.models)
    const name = this.#options.model ?? names[0]!
    const model = module.models[name]
    if (!model) {
      const hint = suggestName(name, names)
      throw new TrainingError('UNKNOWN_NAME', `unknown model "${name}". ${hint}`)
    }
    this.#measure = layerStatistics(model, this.#options.layers)
    this.#table =
      runDir === undefined ? undefined : new CsvTable(join(runDir, 'activation-stats.csv'), columns)
    if (this.#restored?.table) this.#table?.restore(this.#restored.table)
    this.#restored = undefined
  }

  async onTrainBatchStart(context: TrainerContext): Promise<void> {
    const { step, batch } = context
    // Of the batches that make one step the first stands for all.
    if (step % this.#every !== 0 || step === this.#lastStep || !batch) return
    this.#lastStep = step
    for (const each of await this.#measure!(batch)) {
      this.recorded.push({ step, ...each })
      this.#table?.append({ step, ...each })
      for (const statistic of statistics) {
        const value = each[statistic]
        if (value === undefined) continue
        context.log(`activations/${each.layer}/${statistic}`, value, { row: false })
      }
    }
  }

  declaredMetrics(): DeclaredMetrics {
    const layers = this.#measure?.layers ?? []
    return Object.fromEntries(
      layers.flatMap((layer) =>
        statistics.map((statistic) => [`activations/${layer}/${statistic}`, modeOf(statistic)]),
      ),
    )
  }

  state(): State {
    return { table: this.#table?.state(), lastStep: this.#lastStep }
  }

  restore(state: unknown): void {
    this.#restored = state as State
  }
}

/** Fewer dead units and saturated outputs are better; of mean and deviation one cannot say. */
function modeOf(statistic: string): MetricMode | undefined {
  return statistic.endsWith('Share') ? 'min' : undefined
}
