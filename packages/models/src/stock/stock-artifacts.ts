import { namedWeights } from '@ductus/backend'
import type * as tfl from '@tensorflow/tfjs-layers'
import { stockTopology } from './stock-topology.js'

/** A network in plain tf.layers terms. */
export interface StockArtifacts {
  /** What a `model.json` has as `modelTopology`. */
  readonly modelTopology: Record<string, unknown>
  /**
   * Names of the weights as `tf.loadLayersModel` looks them up, in the order of `namedWeights(model)`: the i-th name
   * is the i-th weight's.
   */
  readonly weightNames: readonly string[]
}

/** Writes a model as the files of plain TensorFlow.js have it. */
export function stockArtifacts(model: tfl.LayersModel): StockArtifacts {
  return {
    modelTopology: stockTopology(model),
    // A model within a model loads under the names of its own layers.
    weightNames: namedWeights(model).map(({ name }) => name.split('/').slice(-2).join('/')),
  }
}
