import type { DataConfig } from '@ductus/data'

/** What a model of `defineModel` bears under `Symbol.for('ductus.model')`, as far as training reads it. */
export interface ModelInfo {
  name: string
  options?: Readonly<Record<string, unknown>>
  config?: Readonly<Partial<DataConfig>>
  seed?: number
  source?: string
  file?: string
  /** Writes the same network in plain tf.layers terms. */
  stockArtifacts?(): StockArtifacts
}

/** A network in plain tf.layers terms; the i-th name is that of the i-th of `namedWeights`. */
export interface StockArtifacts {
  modelTopology: unknown
  weightNames: readonly string[]
}

/** Reads the brand of a model, undefined where it was not made by `defineModel`. */
export function modelInfo(model: object): ModelInfo | undefined {
  return (model as { [brand]?: ModelInfo })[brand]
}

const brand: unique symbol = Symbol.for('ductus.model') as never
