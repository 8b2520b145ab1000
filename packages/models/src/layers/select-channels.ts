import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { HasStockForm, StockEntry } from '../stock/stock-entry.js'
import { onlyShape, onlyTensor, inputShapes, type Shape } from './single-input.js'

/** Options of {@link SelectChannels}. */
export interface SelectChannelsOptions {
  name: string
  /** Channels to take, as ranges `[from, to)`. */
  ranges: readonly (readonly [number, number])[]
}

/** Takes some channels of a map and leaves the others. */
export class SelectChannels extends tfl.layers.Layer implements HasStockForm {
  static className = 'SelectChannels'
  readonly ranges: readonly (readonly [number, number])[]

  constructor({ name, ranges }: SelectChannelsOptions) {
    super({ name })
    this.ranges = ranges
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const taken = this.ranges.reduce((total, [from, to]) => total + to - from, 0)
    return [...onlyShape(inputShape).slice(0, -1), taken]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = onlyTensor(inputs)
    return tf.tidy(() => {
      const parts = this.ranges.map(([from, to]) =>
        tf.slice(x, [0, 0, 0, from], [-1, -1, -1, to - from]),
      )
      return parts.length === 1 ? parts[0]! : tf.concat(parts, 3)
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ranges: this.ranges as never }
  }

  /** Turns channels to columns, crops, turns back and joins: tf.layers crops images alone. */
  stockForm(entry: StockEntry): StockEntry[] {
    const channels = inputShapes(this)[0]!.at(-1)!
    const uses = entry.inbound_nodes.map((_, node) => node)
    const after = (name: string) => uses.map((node) => [[name, node, 0, {}]])
    const layer = (class_name: string, name: string, config: object, inbound_nodes: unknown[]) => ({
      class_name,
      name,
      config: { name, trainable: true, ...config },
      inbound_nodes,
    })
    const swap = { dims: [1, 3, 2] }
    const turned = `${entry.name}_turned`
    const parts = this.ranges.flatMap(([from, to], i) => {
      const [cut, back] = [
        `${entry.name}_cut${i}`,
        this.ranges.length > 1 ? `${entry.name}_part${i}` : entry.name,
      ]
      const cropping = [
        [0, 0],
        [from, channels - to],
      ]
      return [
        layer('Cropping2D', cut, { cropping, data_format: 'channels_last' }, after(turned)),
        layer('Permute', back, swap, after(cut)),
      ]
    })
    const entries = [layer('Permute', turned, swap, entry.inbound_nodes), ...parts]
    if (this.ranges.length === 1) return entries
    const joined = uses.map((node) =>
      this.ranges.map((_, i) => [`${entry.name}_part${i}`, node, 0, {}]),
    )
    return [...entries, layer('Concatenate', entry.name, { axis: -1 }, joined)]
  }
}
