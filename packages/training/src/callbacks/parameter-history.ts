import { mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { namedWeights, type NamedWeight } from '@ductus/backend'
import { appendWhole, replaceWhole } from '../files/run-file.js'
import { count, type StateSchema } from '../files/state-schema.js'
import { TrainingError } from '../training-error.js'
import {
  parameterHistoryFormat,
  type HistogramOptions,
  type ParameterHistoryIndex,
} from './parameter-history-format.js'
import { assertOption, whole } from './assert-option.js'
import type { Callback } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/** Options of `ParameterHistory`. */
export interface ParameterHistoryOptions {
  /** Optimizer steps between two records. Defaults to 10. */
  everyNSteps?: number
  /** Keeps counts in bins instead of the values: far less to store. Defaults to the values. */
  histogram?: HistogramOptions
}

/**
 * Writes every weight as it is after steps 0, n, 2n, … to `parameter-history/` in the run folder; read it with
 * `readParameterHistory`.
 */
export class ParameterHistory implements Callback {
  readonly name = 'ParameterHistory'
  readonly skipOnFastDevRun = true
  readonly stateSchema: StateSchema = z.object({ records: count, firstStep: count })
  readonly #every: number
  readonly #histogram: HistogramOptions | undefined
  #weights: NamedWeight[] = []
  #file: string | undefined
  #records = 0
  #firstStep = 0
  #recordBytes = 0
  #resumed = false

  constructor({ everyNSteps = 10, histogram }: ParameterHistoryOptions = {}) {
    this.#every = everyNSteps
    assertOption('ParameterHistory', 'everyNSteps', everyNSteps, whole(1), 10)
    if (histogram) {
      const { bins, low, high } = histogram
      const finite = { expected: 'a finite number', holds: Number.isFinite }
      const aboveLow = {
        expected: `a finite number above low (${low})`,
        holds: (value: number) => Number.isFinite(value) && value > low,
      }
      assertOption('ParameterHistory', 'histogram.bins', bins, whole(1), 'no histogram')
      assertOption('ParameterHistory', 'histogram.low', low, finite, 'no histogram')
      assertOption('ParameterHistory', 'histogram.high', high, aboveLow, 'no histogram')
    }
    this.#histogram = histogram
  }

  onFitStart({ module, runDir, step }: TrainerContext): void {
    this.#weights = Object.values(module.models).flatMap((model) => namedWeights(model))
    if (runDir === undefined) return
    const folder = join(runDir, 'parameter-history')
    mkdirSync(folder, { recursive: true })
    const tensors = this.#weights.map(({ name, variable: { shape, size } }) => ({
      name,
      shape: [...shape],
      length: this.#histogram?.bins ?? size,
    }))
    if (!this.#resumed) this.#firstStep = Math.ceil(step / this.#every) * this.#every
    this.#recordBytes = 4 * tensors.reduce((total, { length }) => total + length, 0)
    const index: ParameterHistoryIndex = {
      ...parameterHistoryFormat,
      everyNSteps: this.#every,
      firstStep: this.#firstStep,
      histogram: this.#histogram ?? null,
      tensors,
    }
    replaceWhole(join(folder, 'index.json'), `${JSON.stringify(index, null, 1)}\n`)
    this.#file = join(folder, 'values.bin')
    if (this.#resumed) cutAt(this.#file, this.#records * this.#recordBytes)
    else writeFileSync(this.#file, '')
    this.#resumed = false
  }

  async onAfterOptimizerStep({ step }: TrainerContext): Promise<void> {
    if (this.#file === undefined || (step - 1) % this.#every !== 0) return
    const values = await Promise.all(this.#weights.map(({ variable }) => variable.data()))
    for (const each of values) {
      const row = this.#histogram
        ? counts(each, this.#histogram)
        : new Uint8Array(each.buffer, each.byteOffset, each.byteLength)
      appendWhole(this.#file, row)
    }
    this.#records++
  }

  state(): { records: number; firstStep: number } {
    return { records: this.#records, firstStep: this.#firstStep }
  }

  restore(state: unknown): void {
    const { records, firstStep } = state as { records: number; firstStep: number }
    this.#records = records
    this.#firstStep = firstStep
    this.#resumed = true
  }
}

/** Cuts a file that must be as long as that. */
function cutAt(path: string, bytes: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size < bytes) {
    throw new TrainingError(
      'CHECKPOINT_DAMAGED',
      `${path}: expected at least ${bytes} bytes, received ${size}. Resume without ParameterHistory.`,
    )
  }
  truncateSync(path, bytes)
}

/** Counts values in equal bins; what lies outside is in the first or the last. */
function counts(values: ArrayLike<number>, { bins, low, high }: HistogramOptions): Uint8Array {
  const found = new Float32Array(bins)
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(((values[i]! - low) / (high - low)) * bins)
    found[Math.min(bins - 1, Math.max(0, bin))]!++
  }
  return new Uint8Array(found.buffer)
}
