import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { ModelError } from '../model-error.js'
import { stockTopology } from '../stock/stock-topology.js'
import type { HasStockForm, StockEntry } from '../stock/stock-entry.js'
import { applyInChunks } from './apply-in-chunks.js'
import type { CallOptions } from './call-options.js'
import { inputShapes, onlyShape, onlyTensor, type Shape } from './single-input.js'

/** Options of {@link Windowed}. */
export interface WindowedOptions {
  name: string
  /** Model of one window: `[batch, height, width, channels]` to `[batch, features]`. */
  model: tfl.LayersModel
  /** Width of a window, in pixels. */
  width: number
  /** Step from window to window, in pixels. */
  stride: number
  /** How many windows. Defaults to as many as fit. */
  count?: number
  /** How many windows go through the model at a time when it isn't training: bounds the memory. Defaults to 256. */
  chunk?: number
  /**
   * How many windows go through the model at a time in training. More are cut in chunks, each computed a second time for
   * the gradients: a step's memory is bounded by a chunk's. Never cut are models whose results depend on the whole batch,
   * as batch norm's do, and masks of dropout where nobody counts steps. Defaults to 1024.
   */
  trainChunk?: number
}

/**
 * Runs a model on one window after another along a line: `[batch, height, width, channels]` to
 * `[batch, windows, features]`. The windows of all lines become one batch.
 */
export class Windowed extends tfl.layers.Layer implements HasStockForm {
  static className = 'Windowed'
  readonly model: tfl.LayersModel
  readonly width: number
  readonly stride: number
  readonly chunk: number
  readonly trainChunk: number
  private readonly asked: number | undefined

  constructor(options: WindowedOptions) {
    const { name, model, width, stride, count, chunk = 256, trainChunk = 1024 } = options
    super({ name })
    this.model = model
    this.width = width
    this.stride = stride
    this.asked = count
    this.chunk = chunk
    this.trainChunk = trainChunk
  }

  /** Layers of the model within: their weights are named after this layer. */
  get layers(): tfl.layers.Layer[] {
    return this.model.layers
  }

  override get trainable(): boolean {
    return this.model.trainable
  }
  override set trainable(trainable: boolean) {
    // The base constructor sets it before there is a model.
    if ((this.model as tfl.LayersModel | undefined) !== undefined) this.model.trainable = trainable
  }
  override get trainableWeights(): tfl.LayerVariable[] {
    return this.model.trainableWeights
  }
  override set trainableWeights(_: tfl.LayerVariable[]) {
    throw new ModelError(
      'BAD_DEFINITION',
      `${this.name}: expected weights set on the layers within.`,
    )
  }
  override get nonTrainableWeights(): tfl.LayerVariable[] {
    return this.model.nonTrainableWeights
  }
  override set nonTrainableWeights(_: tfl.LayerVariable[]) {
    throw new ModelError(
      'BAD_DEFINITION',
      `${this.name}: expected weights set on the layers within.`,
    )
  }

  override build(): void {
    this.built = true
  }

  private count(lineWidth: number): number {
    return this.asked ?? Math.floor((lineWidth - this.width) / this.stride) + 1
  }

  /** How many windows it takes of the lines that it was connected to. */
  get windowCount(): number {
    return this.count(inputShapes(this)[0]![2]!)
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, , width] = onlyShape(inputShape)
    const features = this.model.outputs[0]!.shape.at(-1) ?? null
    return [batch ?? null, this.count(width!), features]
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions = {}): tf.Tensor {
    const x = onlyTensor(inputs) as tf.Tensor4D
    return tf.tidy(() => {
      const [batch, , width] = x.shape
      const count = this.count(width)
      const windows = this.cut(x, count)
      const first = (options.first ?? 0) * count
      const y = applyInChunks(this.model, windows, { ...options, first }, this)
      return tf.reshape(y, [batch, count, y.shape[1]!])
    })
  }

  override dispose(): ReturnType<tfl.layers.Layer['dispose']> {
    return this.model.dispose()
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { width, stride, asked } = this
    return { ...super.getConfig(), width, stride, count: asked ?? null }
  }

  /** Crops each window, runs the one model on each, and puts the answers in a row. */
  stockForm(entry: StockEntry): StockEntry[] {
    const [, , width] = inputShapes(this)[0]!
    const features = this.model.outputs[0]!.shape.at(-1)
    const indices = Array.from({ length: this.windowCount }, (_, i) => i)
    const make = (class_name: string, name: string, config: object, inbound_nodes: unknown[]) => ({
      class_name,
      name,
      config: { name, trainable: true, ...config },
      inbound_nodes,
    })
    const crops = indices.map((i) => {
      const right = width! - i * this.stride - this.width
      const cropping = [
        [0, 0],
        [i * this.stride, right],
      ]
      const config = { cropping, data_format: 'channels_last' }
      return make('Cropping2D', `${entry.name}_cut${i}`, config, entry.inbound_nodes)
    })
    const inner = {
      ...(stockTopology(this.model) as unknown as StockEntry),
      name: this.model.name,
      inbound_nodes: indices.map((i) => [[`${entry.name}_cut${i}`, 0, 0, {}]]),
    }
    const rows = indices.map((i) =>
      make('Reshape', `${entry.name}_row${i}`, { target_shape: [1, features] }, [
        [[this.model.name, i + 1, 0, {}]],
      ]),
    )
    const all = [indices.map((i) => [`${entry.name}_row${i}`, 0, 0, {}])]
    const join = make('Concatenate', entry.name, { axis: 1 }, all)
    // One window needs no joining, and tf.layers refuses to.
    if (rows.length === 1)
      return [
        ...crops,
        inner,
        { ...rows[0]!, name: entry.name, config: { ...rows[0]!.config, name: entry.name } },
      ]
    return [...crops, inner, ...rows, join]
  }

  private cut(x: tf.Tensor4D, count: number): tf.Tensor4D {
    const [batch, height, , channels] = x.shape
    const cuts = Array.from({ length: count }, (_, i) =>
      tf.slice(x, [0, 0, i * this.stride, 0], [-1, -1, this.width, -1]),
    )
    return tf.reshape(tf.stack(cuts, 1), [batch * count, height, this.width, channels])
  }
}
