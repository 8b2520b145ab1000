import { hashKey, uniformValues } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'

/**
 * How weights and biases start, F being the number of inputs of a unit: PyTorch's default U(±1/√F), LeCun's U(±2.4/F)
 * of 1990, N(0, 1), or N(0, 2/F) of He et al. 2015 with biases of 0, which keeps a signal's size through many ReLUs.
 */
export type Init = 'torch' | 'lecun' | 'normal' | 'he'

/** What an initial weight's values depend on. */
export interface InitialWeightsOptions {
  readonly init: Init
  readonly seed: number
  readonly layer: string
  readonly weight: string
  readonly fanIn: number
}

/**
 * Draws initial weights, keyed by seed, layer and weight, so that no other layer moves them. Files call it zeros: they
 * bring the weights themselves.
 */
export class InitialWeights extends tf.serialization.Serializable {
  static className = 'Zeros'

  constructor(private readonly options: InitialWeightsOptions) {
    super()
  }

  apply(shape: (number | null)[]): tf.Tensor {
    const { init, seed, layer, weight, fanIn } = this.options
    const key = hashKey(seed, 'init', layer, weight)
    const size = tf.util.sizeFromShape(shape as number[])
    if (init === 'he' && weight === 'bias') return tf.zeros(shape as number[])
    if (init === 'normal') return tf.tensor(normalValues(key, size), shape as number[])
    if (init === 'he') return tf.tensor(heValues(key, size, fanIn), shape as number[])
    const bound = init === 'torch' ? 1 / Math.sqrt(fanIn) : 2.4 / fanIn
    return tf.tensor(uniformValues(key, size, -bound, bound), shape as number[])
  }

  getConfig(): tf.serialization.ConfigDict {
    return {}
  }

  fromConfigUsesCustomObjects(): boolean {
    return false
  }
}

function heValues(key: number, length: number, fanIn: number): Float32Array {
  const scale = Math.sqrt(2 / fanIn)
  return normalValues(key, length).map((value) => scale * value)
}

/** Turns pairs of uniform numbers into normal ones (Box & Muller 1958). */
function normalValues(key: number, length: number): Float32Array {
  const radii = uniformValues(hashKey(key, 'radius'), length, 0, 1)
  const angles = uniformValues(hashKey(key, 'angle'), length, 0, 2 * Math.PI)
  return radii.map((u, i) => Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(angles[i]!))
}
