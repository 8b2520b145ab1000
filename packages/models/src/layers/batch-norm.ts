import { batchNormInference, batchNormTrain, type Activation } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { ModelError } from '../model-error.js'
import { chain, type HasStockForm, type StockEntry } from '../stock/stock-entry.js'
import type { CallOptions } from './call-options.js'
import { onlyShape, onlyTensor, type Shape } from './single-input.js'

/** Options of {@link BatchNorm}. */
export interface BatchNormOptions {
  /** Name in the network: weights are `name/gamma`, `name/beta`, `name/moving_mean`, `name/moving_variance`. */
  name: string
  /** Added to the variance. Defaults to PyTorch's 1e-5. */
  epsilon?: number
  /** Share of the running statistics that a batch leaves in place. Defaults to PyTorch's 0.9. */
  momentum?: number
  /** Applied to the result. Defaults to `linear`. */
  activation?: Activation
}

/**
 * Normalises every channel over the batch (Ioffe & Szegedy 2015), as PyTorch does: the batch is normalised by its
 * biased variance, the running statistics take the unbiased one. Frozen (`trainable = false`) it is in inference.
 *
 * Applied to two maps, `[x, shortcut]`, it adds the second to the first's result before the activation: the end of a
 * residual block in one pass.
 */
export class BatchNorm extends tfl.layers.Layer implements HasStockForm {
  static className = 'BatchNormalization'
  readonly epsilon: number
  readonly momentum: number
  readonly activation: Activation
  /** Whether a shortcut is added. */
  private joins = false
  private gamma: tfl.LayerVariable | undefined
  private beta: tfl.LayerVariable | undefined
  private movingMean: tfl.LayerVariable | undefined
  private movingVariance: tfl.LayerVariable | undefined

  constructor(options: BatchNormOptions) {
    super({ name: options.name })
    this.epsilon = options.epsilon ?? 1e-5
    this.momentum = options.momentum ?? 0.9
    this.activation = options.activation ?? 'linear'
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape)
    this.joins = Array.isArray(inputShape[0]) && inputShape.length > 1
    const channels = shape.at(-1)!
    const [ones, zeros] = [tfl.initializers.ones(), tfl.initializers.zeros()]
    const add = (name: string, initializer: typeof ones, trainable: boolean) =>
      this.addWeight(name, [channels], 'float32', initializer, undefined, trainable)
    this.gamma = add('gamma', ones, true)
    this.beta = add('beta', zeros, true)
    this.movingMean = add('moving_mean', zeros, false)
    this.movingVariance = add('moving_variance', ones, false)
    const spec = () =>
      new tfl.InputSpec({ ndim: shape.length, axes: { [shape.length - 1]: channels } })
    this.inputSpec = this.joins ? [spec(), spec()] : [spec()]
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape)
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions = {}): tf.Tensor {
    const x = onlyTensor(inputs)
    const shortcut = Array.isArray(inputs) ? inputs[1] : undefined
    const read = (variable: tfl.LayerVariable | undefined) => variable!.read() as tf.Tensor1D
    const [gamma, beta] = [read(this.gamma), read(this.beta)]
    const { epsilon, activation } = this
    const after = { activation, ...(shortcut && { residual: shortcut }) }
    if (options.training && this.trainable) {
      const count = this.countPerChannel(x)
      const { y, mean, variance } = batchNormTrain(x, gamma, beta, epsilon, after)
      this.track(mean, variance, count / (count - 1))
      return y
    }
    const [mean, variance] = [read(this.movingMean), read(this.movingVariance)]
    return batchNormInference(x, mean, variance, gamma, beta, epsilon, after)
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      axis: -1,
      momentum: this.momentum,
      epsilon: this.epsilon,
      center: true,
      scale: true,
      ...(this.activation !== 'linear' && { activation: this.activation }),
    }
  }

  /** Is tf.layers' class unless a shortcut or an activation is inside, which that one would leave out. */
  override getClassName(): string {
    return this.isStock ? 'BatchNormalization' : 'DuctusBatchNormalization'
  }

  stockForm(entry: StockEntry): StockEntry[] {
    const { activation, ...config } = entry.config
    const norm = { className: 'BatchNormalization', config }
    const after = { className: 'Activation', config: { activation, trainable: true } }
    const activations = this.activation === 'linear' ? [] : [after]
    if (!this.joins) return chain(entry, [norm, ...activations], 0)
    const nodes = entry.inbound_nodes as [branch: unknown, shortcut: unknown][]
    const { name } = entry
    const [normalized] = chain({ ...entry, inbound_nodes: nodes.map(([x]) => [x]) }, [norm])
    const sum = {
      ...entry,
      name: `${name}_sum`,
      inbound_nodes: nodes.map(([, shortcut], node) => [[name, node, 0, {}], shortcut]),
    }
    const add = { className: 'Add', config: { trainable: true } }
    return [normalized!, ...chain(sum, [add, ...activations], 0)]
  }

  private get isStock(): boolean {
    return this.activation === 'linear' && !this.joins
  }

  private track(mean: tf.Tensor1D, variance: tf.Tensor1D, unbiased: number): void {
    tf.tidy(() => {
      const blend = (running: tfl.LayerVariable, value: tf.Tensor, scale: number) => {
        const kept = tf.mul(running.read(), this.momentum)
        running.write(tf.add(kept, tf.mul(value, scale)))
      }
      blend(this.movingMean!, mean, 1 - this.momentum)
      blend(this.movingVariance!, variance, (1 - this.momentum) * unbiased)
    })
  }

  private countPerChannel(x: tf.Tensor): number {
    const count = x.size / x.shape.at(-1)!
    if (count > 1) return count
    throw new ModelError(
      'BAD_INPUT',
      `${this.name}: expected more than one value a channel in training, received [${x.shape.join(', ')}]. ` +
        'Use a larger batch, or drop the last one when it is smaller.',
    )
  }
}
