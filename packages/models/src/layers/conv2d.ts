import { conv2d, type Activation, type Padding } from '@ductus/backend'
import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { ModelError } from '../model-error.js'
import { chain, type HasStockForm, type StockEntry } from '../stock/stock-entry.js'
import { InitialWeights, type Init } from './initial-weights.js'
import { equalsSame, outputLength, pair, paddingByAxis } from './padding.js'
import { inputShapes, onlyShape, onlyTensor, type Shape } from './single-input.js'

/** Options of {@link Conv2d}. */
export interface Conv2dOptions {
  /** Name in the network: weights are `name/kernel` and `name/bias`. */
  name: string
  /** Channels out. */
  filters: number
  /** Side of the kernel, or `[height, width]`, in pixels. */
  kernelSize: number | readonly [number, number]
  /** Step of the kernel, in pixels. Defaults to 1. */
  strides?: number | readonly [number, number]
  /** Rows and columns of zeros on every side. Defaults to 0. */
  padding?: Padding
  /** Distance of the kernel's taps. Defaults to 1. */
  dilation?: number | readonly [number, number]
  /** Defaults to `linear`. */
  activation?: Activation
  /** Defaults to true. */
  useBias?: boolean
  /** How weights and biases start. Defaults to `torch`. */
  init?: Init
  /** Channels that come in. Defaults to what comes; given, others are an error. */
  inChannels?: number
  /** Seed of the initial weights. */
  seed: number
}

/**
 * Convolves images `[batch, height, width, channels]`. Kernel `[height, width, in, out]`; weights and biases start as
 * PyTorch's, U(±1/√(height·width·in)).
 */
export class Conv2d extends tfl.layers.Layer implements HasStockForm {
  static className = 'Conv2D'
  readonly filters: number
  readonly kernelSize: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: Padding
  readonly dilation: readonly [number, number]
  readonly activation: Activation
  readonly useBias: boolean
  readonly init: Init
  readonly inChannels: number | undefined
  readonly seed: number
  protected kernel: tfl.LayerVariable | undefined
  protected bias: tfl.LayerVariable | undefined

  constructor(options: Conv2dOptions) {
    super({ name: options.name })
    this.filters = options.filters
    this.kernelSize = pair(options.kernelSize)
    this.strides = pair(options.strides ?? 1)
    this.padding = options.padding ?? 0
    this.dilation = pair(options.dilation ?? 1)
    this.activation = options.activation ?? 'linear'
    this.useBias = options.useBias ?? true
    this.init = options.init ?? 'torch'
    this.inChannels = options.inChannels
    this.seed = options.seed
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = onlyShape(inputShape).at(-1)!
    this.checkChannels(channels)
    const [height, width] = this.kernelSize
    const fanIn = height * width * channels
    const init = (weight: string) =>
      new InitialWeights({ init: this.init, seed: this.seed, layer: this.name, weight, fanIn })
    const shape = [height, width, channels, this.filters]
    this.kernel = this.addWeight('kernel', shape, 'float32', init('kernel'))
    if (this.useBias) this.bias = this.addWeight('bias', [this.filters], 'float32', init('bias'))
    this.inputSpec = [new tfl.InputSpec({ ndim: 4, axes: { 3: channels } })]
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...space] = onlyShape(inputShape)
    const padding = paddingByAxis(this.padding)
    const out = this.axes().map((axis, i) => outputLength(space[i] ?? null, axis, padding[i]!))
    return [batch ?? null, ...out, this.filters]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return conv2d(onlyTensor(inputs), this.kernel!.read(), {
      ...(this.bias && { bias: this.bias.read() }),
      strides: this.strides,
      padding: this.padding,
      dilation: this.dilation,
      activation: this.activation,
    })
  }

  /** Gives tf.layers' own config where it means the same; {@link Conv2d.stockForm} has the rest. */
  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: [...this.kernelSize],
      strides: [...this.strides],
      padding: this.stockPadding() ?? (this.padding as number | number[]),
      dataFormat: 'channelsLast',
      dilationRate: [...this.dilation],
      activation: this.activation,
      useBias: this.useBias,
      kernelInitializer: { className: 'Zeros', config: {} },
      biasInitializer: { className: 'Zeros', config: {} },
    }
  }

  /** Is tf.layers' class where the padding has a word there, so that nobody reads such a file wrongly. */
  override getClassName(): string {
    return this.stockPadding() ? 'Conv2D' : 'DuctusConv2D'
  }

  stockForm(entry: StockEntry): StockEntry[] {
    const conv = { className: 'Conv2D', config: entry.config }
    if (this.stockPadding()) return chain(entry, [conv])
    const [rows, columns] = paddingByAxis(this.padding)
    const padding = [
      [rows, rows],
      [columns, columns],
    ]
    return chain(entry, [
      {
        className: 'ZeroPadding2D',
        config: { padding, data_format: 'channels_last', trainable: true },
      },
      { ...conv, config: { ...entry.config, padding: 'valid' } },
    ])
  }

  private stockPadding(): 'same' | 'valid' | undefined {
    if (typeof this.padding === 'string') return this.padding
    const [rows, columns] = pair(this.padding)
    if (rows === 0 && columns === 0) return 'valid'
    const same = inputShapes(this).every(([, ...space]) =>
      this.axes().every((axis, i) => equalsSame(space[i] ?? null, axis, [rows, columns][i]!)),
    )
    return same ? 'same' : undefined
  }

  private checkChannels(received: number): void {
    if (this.inChannels === undefined || this.inChannels === received) return
    throw new ModelError(
      'BAD_SHAPE',
      `${this.name}: expected ${this.inChannels} channels, received ${received}. ` +
        'The channels out of a layer are the channels into the next.',
    )
  }

  private axes() {
    return this.kernelSize.map((kernel, i) => ({
      kernel,
      stride: this.strides[i]!,
      dilation: this.dilation[i]!,
    }))
  }
}
