import { scaledTanh } from '@ductus/backend'
import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { chain, type HasStockForm, type StockEntry } from '../stock/stock-entry.js'
import { onlyTensor } from './single-input.js'

/** Options of {@link ScaledTanh}. */
export interface ScaledTanhOptions {
  name: string
  /** Largest value out. Defaults to 1.716. */
  amplitude?: number
  /** Slope before the tanh. Defaults to 2/3. */
  slope?: number
}

/** Computes A·tanh(S·x), the activation of LeCun et al. 1990: near ±1 at inputs of ±1. */
export class ScaledTanh extends tfl.layers.Layer implements HasStockForm {
  static className = 'ScaledTanh'
  readonly amplitude: number
  readonly slope: number

  constructor(options: ScaledTanhOptions) {
    super({ name: options.name })
    this.amplitude = options.amplitude ?? 1.716
    this.slope = options.slope ?? 2 / 3
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return scaledTanh(onlyTensor(inputs), { amplitude: this.amplitude, slope: this.slope })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), amplitude: this.amplitude, slope: this.slope }
  }

  stockForm(entry: StockEntry): StockEntry[] {
    return chain(entry, [
      { className: 'Rescaling', config: { scale: this.slope, offset: 0, trainable: true } },
      { className: 'Activation', config: { activation: 'tanh', trainable: true } },
      { className: 'Rescaling', config: { scale: this.amplitude, offset: 0, trainable: true } },
    ])
  }
}
