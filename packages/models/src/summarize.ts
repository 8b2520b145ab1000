import { namedWeights } from '@ductus/backend'
import type * as tfl from '@tensorflow/tfjs-layers'
import { findModelInfo } from './model-info.js'

/** A weight of a layer. */
export interface ParameterSummary {
  /** `layer/weight`. */
  readonly name: string
  readonly shape: readonly number[]
  /** How many numbers it has. */
  readonly count: number
  readonly trainable: boolean
}

/** A layer of a model. */
export interface LayerSummary {
  readonly name: string
  /** Its class, such as `Conv2D`. */
  readonly kind: string
  /** Shape of its output; null is the batch. */
  readonly outputShape: readonly (number | null)[]
  readonly parameters: readonly ParameterSummary[]
}

/** What a model is made of. */
export interface ModelSummary {
  readonly name: string
  /** Paper or course that describes it; empty for a plain model. */
  readonly source: string
  /** Source file, with the line where it is known; empty for a plain model. */
  readonly file: string
  readonly layers: readonly LayerSummary[]
  /** All numbers in its weights. */
  readonly parameters: number
  /** Those that training changes by gradients. */
  readonly trainableParameters: number
}

/** Lists a model's layers with their output shapes and weights. Works for plain tf.layers models too. */
export function summarize(model: tfl.LayersModel): ModelSummary {
  const weights = namedWeights(model).map(({ name, variable, trainable, layer }) => ({
    layer,
    parameter: { name, shape: variable.shape, count: variable.size, trainable },
  }))
  const count = (some: typeof weights) =>
    some.reduce((total, { parameter }) => total + parameter.count, 0)
  const info = findModelInfo(model)
  return {
    name: info?.name ?? model.name,
    source: info?.source ?? '',
    file: info?.file ?? '',
    layers: flatten(model).map((layer) => ({
      name: layer.name,
      kind: layer.getClassName(),
      outputShape: layer.outputShape as (number | null)[],
      parameters: weights.filter((weight) => weight.layer === layer.name).map((w) => w.parameter),
    })),
    parameters: count(weights),
    trainableParameters: count(weights.filter(({ parameter }) => parameter.trainable)),
  }
}

function flatten(model: { readonly layers: tfl.layers.Layer[] }): tfl.layers.Layer[] {
  return model.layers.flatMap((layer) =>
    'layers' in layer ? flatten(layer as unknown as tfl.LayersModel) : [layer],
  )
}
