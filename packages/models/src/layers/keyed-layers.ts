import * as tfl from '@tensorflow/tfjs-layers'
import { BatchNorm, type BatchNormOptions } from './batch-norm.js'
import { Conv2d, type Conv2dOptions } from './conv2d.js'
import { Dense, type DenseOptions } from './dense.js'
import { Dropout, type DropoutOptions } from './dropout.js'
import { Im2colConv2d } from './im2col-conv2d.js'
import { ScaledTanh, type ScaledTanhOptions } from './scaled-tanh.js'

/** Options of a pooling layer. */
export interface PoolOptions {
  name: string
  /** Side of the window, in pixels. Defaults to 2. */
  size?: number
  /** Step of the window, in pixels. Defaults to `size`. */
  strides?: number
}

/** Layers of a network whose randomness comes from one seed: what `build` gets to build with. */
export interface KeyedLayers {
  /** Makes the network's input. Shape without the batch: `[height, width, channels]`. */
  input(shape: readonly number[]): tfl.SymbolicTensor
  conv2d(options: Omit<Conv2dOptions, 'seed'>): Conv2d
  /** Makes a convolution that runs as a product of unfolded windows. */
  im2colConv2d(options: Omit<Conv2dOptions, 'seed'>): Im2colConv2d
  dense(options: Omit<DenseOptions, 'seed'>): Dense
  dropout(options: Omit<DropoutOptions, 'seed'>): Dropout
  /** Normalises by channel; with two maps, `.apply([x, shortcut])`, adds the second before the activation. */
  batchNorm(options: BatchNormOptions): BatchNorm
  /** Makes an activation of its own, for where another layer comes between. */
  activation(options: {
    name: string
    activation: 'relu' | 'sigmoid' | 'tanh' | 'elu'
  }): tfl.layers.Layer
  scaledTanh(options: ScaledTanhOptions): ScaledTanh
  /** Takes the largest value of each window; what doesn't fill a window is left out. */
  maxPool2d(options: PoolOptions): tfl.layers.Layer
  /** Takes the mean of each window; what doesn't fill a window is left out. */
  avgPool2d(options: PoolOptions): tfl.layers.Layer
  /** Takes the mean of each channel: `[batch, height, width, channels]` to `[batch, channels]`. */
  globalAvgPool2d(options: { name: string }): tfl.layers.Layer
  flatten(options: { name: string }): tfl.layers.Layer
  /** Brings the values of one image into another shape. */
  reshape(options: { name: string; shape: readonly number[] }): tfl.layers.Layer
  /** Cuts columns off a map's right side. */
  crop2d(options: { name: string; right: number }): tfl.layers.Layer
  /** Adds feature maps of the same shape: `add({ name }).apply([x, y])`. */
  add(options: { name: string }): tfl.layers.Layer
}

/** Makes the layers of a network whose initial weights and dropout masks are keyed by `seed`. */
export function keyedLayers(seed: number): KeyedLayers {
  const pool = ({ name, size = 2, strides = size }: PoolOptions) =>
    ({ name, poolSize: size, strides, padding: 'valid' }) as const
  return {
    input: (shape) => tfl.input({ shape: [...shape], name: 'input' }),
    conv2d: (options) => new Conv2d({ ...options, seed }),
    im2colConv2d: (options) => new Im2colConv2d({ ...options, seed }),
    dense: (options) => new Dense({ ...options, seed }),
    dropout: (options) => new Dropout({ ...options, seed }),
    batchNorm: (options) => new BatchNorm(options),
    activation: (options) => tfl.layers.activation(options),
    scaledTanh: (options) => new ScaledTanh(options),
    maxPool2d: (options) => tfl.layers.maxPooling2d(pool(options)),
    avgPool2d: (options) => tfl.layers.averagePooling2d(pool(options)),
    globalAvgPool2d: ({ name }) =>
      tfl.layers.globalAveragePooling2d({ name, dataFormat: 'channelsLast' }),
    reshape: ({ name, shape }) => tfl.layers.reshape({ name, targetShape: [...shape] }),
    crop2d: ({ name, right }) =>
      tfl.layers.cropping2D({
        name,
        cropping: [
          [0, 0],
          [0, right],
        ],
      }),
    flatten: (options) => tfl.layers.flatten(options),
    add: (options) => tfl.layers.add(options),
  }
}
