import type * as tfl from '@tensorflow/tfjs-layers'
import type { ModelConfig } from './model-config.js'
import { ModelError } from './model-error.js'
import type { StockArtifacts } from './stock/stock-artifacts.js'

/** Key under which a model bears its {@link ModelInfo}; the same in every copy of this package. */
export const modelKey: unique symbol = Symbol.for('ductus.model') as never

/** Says where a model comes from: enough to build it again and to write it down. */
export interface ModelInfo {
  /** Name of its definition, such as `CNN`. */
  readonly name: string
  /** Every option with its value, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>
  readonly config: ModelConfig
  /** Seed of the initial weights and of the dropout masks. */
  readonly seed: number
  /** Paper or course that describes it. */
  readonly source: string
  /** Source file, with the line where it is known. */
  readonly file: string
  /** Writes the same network in plain tf.layers terms, which any TensorFlow.js opens. */
  readonly stockArtifacts: () => StockArtifacts
}

/** Reads the {@link ModelInfo} of a model; nothing when no definition of Ductus made it. */
export function findModelInfo(model: tfl.LayersModel): ModelInfo | undefined {
  return (model as { [modelKey]?: ModelInfo })[modelKey]
}

/**
 * Reads the {@link ModelInfo} of a model.
 *
 * @throws ModelError `NOT_A_DUCTUS_MODEL` when no definition of Ductus made it
 */
export function modelInfo(model: tfl.LayersModel): ModelInfo {
  const info = findModelInfo(model)
  if (info) return info
  throw new ModelError(
    'NOT_A_DUCTUS_MODEL',
    `modelInfo: expected a model made by a definition, received the plain model "${model.name}". ` +
      'Make it with defineModel().',
  )
}
