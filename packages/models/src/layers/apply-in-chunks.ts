import { recomputedInParts } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { CallOptions } from './call-options.js'
import { Dropout } from './dropout.js'

/** How many samples go through a model at a time. */
export interface ChunkSizes {
  readonly chunk: number
  readonly trainChunk: number
}

/**
 * Runs a model on a chunk of the samples at a time, which bounds the memory. In training each chunk is computed again for
 * the gradients, unless the model's results depend on the whole batch or can't be had a second time.
 */
export function applyInChunks(
  model: tfl.LayersModel,
  x: tf.Tensor,
  options: CallOptions,
  { chunk, trainChunk }: ChunkSizes,
): tf.Tensor {
  const { training, first = 0 } = options
  const total = x.shape[0]
  const apply = (part: tf.Tensor, at = 0) =>
    model.apply(part, { ...options, first: first + at }) as tf.Tensor
  if (total <= (training ? trainChunk : chunk)) return apply(x)
  if (training) {
    if (!isDivisible(model.layers, options)) return apply(x)
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
    return recomputedInParts(x, { size: trainChunk, variables, compute: apply })
  }
  const parts: tf.Tensor[] = []
  for (let at = 0; at < total; at += chunk) {
    const rest = x.shape.slice(1)
    const size = [Math.min(chunk, total - at), ...rest]
    parts.push(tf.tidy(() => apply(tf.slice(x, [at, ...rest.map(() => 0)], size), at)))
  }
  return tf.concat(parts, 0)
}

/** Statistics of the whole batch, and noise that is not keyed. */
const indivisible = /BatchNormalization$|Dropout|^GaussianNoise$/

function isDivisible(layers: readonly tfl.layers.Layer[], options: CallOptions): boolean {
  return layers.every((layer) => {
    const inner = (layer as tfl.layers.Layer & { layers?: readonly tfl.layers.Layer[] }).layers
    if (inner) return isDivisible(inner, options)
    // Masks that nobody numbers are others each time.
    if (layer instanceof Dropout) return options.step !== undefined
    const kind = layer.getClassName()
    return !indivisible.test(kind) || (kind.includes('Norm') && !layer.trainable)
  })
}
