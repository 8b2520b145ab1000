import { dense, type Activation } from '@ductus/backend'
import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { ModelError } from '../model-error.js'
import { InitialWeights, type Init } from './initial-weights.js'
import { onlyShape, onlyTensor, type Shape } from './single-input.js'

/** Options of {@link Dense}. */
export interface DenseOptions {
  /** Name in the network: weights are `name/kernel` and `name/bias`. */
  name: string
  /** Features out. */
  units: number
  /** Defaults to `linear`. */
  activation?: Activation
  /** Defaults to true. */
  useBias?: boolean
  /** How weights and biases start. Defaults to `torch`. */
  init?: Init
  /** Seed of the initial weights. */
  seed: number
}

/**
 * Multiplies features `[batch, in]`, or `[batch, length, in]`, by a kernel `[in, out]`. Weights and biases start as PyTorch's, U(±1/√in).
 */
export class Dense extends tfl.layers.Layer {
  static className = 'Dense'
  readonly units: number
  readonly activation: Activation
  readonly useBias: boolean
  readonly init: Init
  readonly seed: number
  private kernel: tfl.LayerVariable | undefined
  private bias: tfl.LayerVariable | undefined

  constructor(options: DenseOptions) {
    super({ name: options.name })
    this.units = options.units
    this.activation = options.activation ?? 'linear'
    this.useBias = options.useBias ?? true
    this.init = options.init ?? 'torch'
    this.seed = options.seed
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape)
    const features = shape.at(-1)
    if (shape.length < 2 || shape.length > 3 || !features) {
      throw new ModelError(
        'BAD_SHAPE',
        `${this.name}: expected features [batch, in] or [batch, length, in], received [${shape.join(', ')}]. ` +
          'Put a flatten layer before the dense one.',
      )
    }
    const init = (weight: string) =>
      new InitialWeights({
        init: this.init,
        seed: this.seed,
        layer: this.name,
        weight,
        fanIn: features,
      })
    this.kernel = this.addWeight('kernel', [features, this.units], 'float32', init('kernel'))
    if (this.useBias) this.bias = this.addWeight('bias', [this.units], 'float32', init('bias'))
    this.inputSpec = [
      new tfl.InputSpec({ ndim: shape.length, axes: { [shape.length - 1]: features } }),
    ]
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...onlyShape(inputShape).slice(0, -1), this.units]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return dense(onlyTensor(inputs), this.kernel!.read(), {
      ...(this.bias && { bias: this.bias.read() }),
      activation: this.activation,
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      units: this.units,
      activation: this.activation,
      useBias: this.useBias,
      kernelInitializer: { className: 'Zeros', config: {} },
      biasInitializer: { className: 'Zeros', config: {} },
    }
  }
}
