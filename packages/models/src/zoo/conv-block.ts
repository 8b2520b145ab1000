import type { Conv2d } from '../layers/conv2d.js'
import type { KeyedLayers } from '../layers/keyed-layers.js'

/** Options of {@link convBlock}. */
export interface ConvBlockOptions {
  name: string
  /** Channels out. */
  filters: number
  /** Defaults to 1. */
  strides?: number
}

/** Convolves 3×3 with one row and column of zeros on every side, bias and ReLU: the lab's ConvBlock. */
export function convBlock(
  layers: KeyedLayers,
  { name, filters, strides = 1 }: ConvBlockOptions,
): Conv2d {
  return layers.conv2d({ name, filters, kernelSize: 3, strides, padding: 1, activation: 'relu' })
}
