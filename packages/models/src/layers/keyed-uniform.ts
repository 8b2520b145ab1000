import { hashKey, uniformValues } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'

/**
 * Draws initial weights from U(−bound, bound), keyed by seed, layer and weight, so that no other layer moves them.
 * Files call it tf.layers' own RandomUniform.
 */
export class KeyedUniform extends tf.serialization.Serializable {
  static className = 'RandomUniform'

  constructor(
    readonly bound: number,
    readonly key: number,
  ) {
    super()
  }

  apply(shape: (number | null)[]): tf.Tensor {
    const size = tf.util.sizeFromShape(shape as number[])
    return tf.tensor(uniformValues(this.key, size, -this.bound, this.bound), shape as number[])
  }

  getConfig(): tf.serialization.ConfigDict {
    return { minval: -this.bound, maxval: this.bound, seed: null }
  }

  fromConfigUsesCustomObjects(): boolean {
    return false
  }
}

/** PyTorch's default for dense and convolution, weights and biases alike: U(±1/√fanIn). */
export function torchUniform(
  seed: number,
  layer: string,
  weight: string,
  fanIn: number,
): KeyedUniform {
  return new KeyedUniform(1 / Math.sqrt(fanIn), hashKey(seed, 'init', layer, weight))
}
