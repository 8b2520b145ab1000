import type * as tfl from '@tensorflow/tfjs-layers'
import type { KeyedLayers } from '../layers/keyed-layers.js'
import type { Init } from '../layers/initial-weights.js'
import { activationLayer, fusedActivation, type ZooActivation } from './activation-layer.js'

/** Options of {@link convBlock}. */
export interface ConvBlockOptions {
  /** Name of the convolution. */
  name: string
  /** Channels out. */
  filters: number
  /** Defaults to 1. */
  strides?: number
  /** Puts batch norm, `name_bn`, between convolution and activation. Defaults to false. */
  batchNorm?: boolean
  /** Defaults to `relu`. */
  activation?: ZooActivation | 'linear'
  /** Defaults to true. */
  useBias?: boolean
  /** How weights start. Defaults to `torch`. */
  init?: Init
}

/**
 * Makes the lab's ConvBlock: a 3×3 convolution with one row and column of zeros on every side, bias and ReLU.
 *
 * @returns its layers, for `through`
 */
export function convBlock(
  layers: KeyedLayers,
  {
    name,
    filters,
    strides = 1,
    batchNorm = false,
    activation = 'relu',
    useBias = true,
    init = 'torch',
  }: ConvBlockOptions,
): (tfl.layers.Layer | undefined)[] {
  const inside = activation === 'linear' ? 'linear' : fusedActivation(activation)
  const convolution = { name, filters, kernelSize: 3, strides, padding: 1, useBias, init }
  const after =
    activation === 'linear' ? undefined : activationLayer(layers, `${name}_act`, activation)
  if (!batchNorm) return [layers.conv2d({ ...convolution, activation: inside }), after]
  return [
    layers.conv2d(convolution),
    layers.batchNorm({ name: `${name}_bn`, activation: inside }),
    after,
  ]
}
