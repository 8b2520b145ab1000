import { uniformValues } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'

/** A float32 tensor of keyed values in [low, high). */
export function filled(key: number, shape: number[], low = -1, high = 1): tf.Tensor {
  return tf.tensor(uniformValues(key, tf.util.sizeFromShape(shape), low, high), shape)
}

/** Σ t · weights: a scalar whose gradient is different for every element. */
export function weighted(t: tf.Tensor, key = 99): tf.Scalar {
  return tf.sum(tf.mul(t, filled(key, t.shape)))
}

/** Reads and disposes. */
export function read(t: tf.Tensor): Float32Array {
  const values = Float32Array.from(t.dataSync())
  t.dispose()
  return values
}
