import { dropout, hashKey } from '@ductus/backend'
import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { CallOptions } from './call-options.js'
import { onlyTensor } from './single-input.js'

/** Options of {@link Dropout}. */
export interface DropoutOptions {
  /** Name in the network; part of the mask's key. */
  name: string
  /** Share of the values to drop, 0 to 1. */
  rate: number
  /** Seed of the masks. */
  seed: number
}

/**
 * Drops values at random while training and scales the rest by 1/(1 − rate); passes all through otherwise.
 *
 * Its mask is a function of (seed, layer, step, micro-batch, index): `model.apply(x, { training: true, step, micro })`.
 * Without a step, as in tf.layers' own `model.fit`, masks are counted call by call instead, which can't be resumed.
 */
export class Dropout extends tfl.layers.Layer {
  static className = 'Dropout'
  readonly rate: number
  readonly seed: number
  private calls = 0

  constructor(options: DropoutOptions) {
    super({ name: options.name })
    this.rate = options.rate
    this.seed = options.seed
    this.supportsMasking = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions = {}): tf.Tensor {
    const x = onlyTensor(inputs)
    if (!options.training || this.rate === 0) return x
    const { step, micro = 0, first = 0 } = options
    const place = step === undefined ? ['call', this.calls++] : ['step', step, micro]
    const key = hashKey(this.seed, 'dropout', this.name, ...place)
    return dropout(x, { rate: this.rate, key, first: first * (x.size / x.shape[0]) })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, noiseShape: null, seed: null }
  }
}
