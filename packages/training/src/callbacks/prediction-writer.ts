import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { appendWhole } from '../files/run-file.js'
import type { Callback, PredictedBatch } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/**
 * Writes predictions as JSON lines: `{ "index": 0, "label": 7, "values": [0.01, …] }`, or with what the module says of
 * them in place of values: `{ "index": 0, "text": "a line", "characters": […] }`.
 */
export class PredictionWriter implements Callback {
  readonly name = 'PredictionWriter'
  readonly path: string
  #written = 0

  /** @param path the file, written anew by each `predict` */
  constructor(path: string) {
    this.path = path
  }

  onPredictStart(): void {
    this.#written = 0
    mkdirSync(dirname(this.path), { recursive: true })
    writeFileSync(this.path, '')
  }

  onPredictBatchEnd(
    { module }: TrainerContext,
    { values, shape, labels, size }: PredictedBatch,
  ): void {
    const width = values.length / size
    const readings = module.readings?.({ values, shape })
    const lines = Array.from({ length: size }, (_, i) => {
      const own = readings?.[i] ?? {
        values: Array.from(values.subarray(i * width, (i + 1) * width)),
      }
      const label = labels.length === size ? labels[i] : undefined
      return `${JSON.stringify({ index: this.#written + i, label, ...own })}\n`
    })
    this.#written += size
    appendWhole(this.path, lines.join(''))
  }
}
