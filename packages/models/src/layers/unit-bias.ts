import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { chain, type HasStockForm, type StockEntry } from '../stock/stock-entry.js'
import { InitialWeights, type Init } from './initial-weights.js'
import { inputShapes, onlyShape, onlyTensor, type Shape } from './single-input.js'

/** Options of {@link UnitBias}. */
export interface UnitBiasOptions {
  name: string
  init: Init
  /** Inputs of the units that the bias belongs to. */
  fanIn: number
  seed: number
}

/**
 * Adds a bias of its own to every unit of a map, where a convolution has one a filter (LeCun et al. 1990).
 *
 * Stock layers have no such thing but a depthwise 1×1 convolution of the flattened map, whose kernel of ones is kept
 * for the file's sake.
 */
export class UnitBias extends tfl.layers.Layer implements HasStockForm {
  static className = 'UnitBias'
  /** Weights that are no parameters: they never change. */
  readonly constants = ['depthwise_kernel'] as const
  private bias: tfl.LayerVariable | undefined

  constructor(private readonly options: UnitBiasOptions) {
    super({ name: options.name })
  }

  override build(inputShape: Shape | Shape[]): void {
    const units = (onlyShape(inputShape).slice(1) as number[]).reduce((a, b) => a * b, 1)
    const { init, fanIn, seed } = this.options
    const initial = new InitialWeights({ init, fanIn, seed, layer: this.name, weight: 'bias' })
    this.addWeight(
      'depthwise_kernel',
      [1, 1, units, 1],
      'float32',
      tfl.initializers.ones(),
      undefined,
      false,
    )
    this.bias = this.addWeight('bias', [units], 'float32', initial)
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = onlyTensor(inputs)
    return tf.tidy(() => tf.add(x, tf.reshape(this.bias!.read(), [1, ...x.shape.slice(1)])))
  }

  stockForm(entry: StockEntry): StockEntry[] {
    const shape = inputShapes(this)[0]!.slice(1) as number[]
    const units = shape.reduce((a, b) => a * b, 1)
    const flat = { className: 'Reshape', config: { target_shape: [1, 1, units], trainable: true } }
    const depthwise = {
      kernel_size: [1, 1],
      strides: [1, 1],
      padding: 'valid',
      depth_multiplier: 1,
      data_format: 'channels_last',
      dilation_rate: [1, 1],
      activation: 'linear',
      use_bias: true,
      depthwise_initializer: { class_name: 'Zeros', config: {} },
      bias_initializer: { class_name: 'Zeros', config: {} },
      trainable: true,
    }
    const back = { className: 'Reshape', config: { target_shape: shape, trainable: true } }
    return chain(entry, [flat, { className: 'DepthwiseConv2D', config: depthwise }, back], 1)
  }
}
