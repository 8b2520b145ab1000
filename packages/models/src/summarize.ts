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
  /** Whether training changes it by gradients now: neither frozen nor a statistic. */
  readonly trainable: boolean
  /** Whether it is no parameter, but a running statistic of batch norm or a constant. */
  readonly statistic: boolean
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
  /** Numbers in its parameters, frozen or not: what papers count. */
  readonly parameters: number
  /** Those that training changes by gradients. */
  readonly trainableParameters: number
  /** Numbers in running statistics and constants, which are no parameters. */
  readonly statistics: number
}

/** Lists a model's layers with their output shapes and weights. Works for plain tf.layers models too. */
export function summarize(model: tfl.LayersModel): ModelSummary {
  const weights = namedWeights(model).map(({ name, variable, trainable, layer }) => ({
    layer,
    parameter: {
      name,
      shape: variable.shape,
      count: variable.size,
      trainable,
      statistic: statisticNames.test(name),
    },
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
    parameters: count(weights.filter(({ parameter }) => !parameter.statistic)),
    trainableParameters: count(weights.filter(({ parameter }) => parameter.trainable)),
    statistics: count(weights.filter(({ parameter }) => parameter.statistic)),
  }
}

/** Batch norm's running statistics, of ours or tf.layers', and the ones of a UnitBias. */
const statisticNames = /\/(moving_mean|moving_variance|depthwise_kernel)$/

function flatten(model: { readonly layers: tfl.layers.Layer[] }): tfl.layers.Layer[] {
  return model.layers.flatMap((layer) =>
    'layers' in layer ? flatten(layer as unknown as tfl.LayersModel) : [layer],
  )
}
