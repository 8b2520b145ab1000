import type * as tfl from '@tensorflow/tfjs-layers'
import type { KeyedLayers } from '../layers/keyed-layers.js'
import { through } from '../layers/through.js'
import { activationLayer, fusedActivation, type ZooActivation } from './activation-layer.js'
import { convBlock } from './conv-block.js'

/** Options of {@link residualBlock}. */
export interface ResidualBlockOptions {
  /** Name of the block, whose convolutions are `name_conv1` and `name_conv2`; or the names of these two. */
  name: string | readonly [string, string]
  /** Channels out. */
  filters: number
  /** Strides of the two convolutions. Defaults to `[1, 1]`. */
  strides?: readonly [number, number]
  /** Defaults to false. */
  batchNorm?: boolean
  /** Defaults to `relu`. */
  activation?: ZooActivation
  /** Defaults to true. */
  useBias?: boolean
}

/**
 * Connects a residual block to `x`: convolution – [batch norm] – ReLU – convolution – [batch norm], plus x, then ReLU.
 * Where shapes differ x goes through a 1×1 convolution (with batch norm, if the others have it).
 *
 * @see He et al. 2016, Deep Residual Learning, figure 2
 */
export function residualBlock(
  layers: KeyedLayers,
  x: tfl.SymbolicTensor,
  options: ResidualBlockOptions,
): tfl.SymbolicTensor {
  const {
    name,
    filters,
    strides = [1, 1],
    batchNorm = false,
    activation = 'relu',
    useBias = true,
  } = options
  const names = typeof name === 'string' ? ([`${name}_conv1`, `${name}_conv2`] as const) : name
  const first = { name: names[0], filters, batchNorm, useBias, activation, strides: strides[0] }
  const second = {
    name: names[1],
    filters,
    useBias,
    strides: strides[1],
    activation: 'linear',
  } as const
  const branch = through(x, ...convBlock(layers, first), ...convBlock(layers, second))
  const stride = strides[0] * strides[1]
  const side = `${names[1]}_shortcut`
  const fits = stride === 1 && x.shape[3] === filters
  const shortcut = through(
    x,
    !fits && layers.conv2d({ name: side, filters, kernelSize: 1, strides: stride, useBias }),
    !fits && batchNorm && layers.batchNorm({ name: `${side}_bn` }),
  )
  const after = `${names[1]}_act`
  if (batchNorm) {
    const inside = fusedActivation(activation)
    const join = layers.batchNorm({ name: `${names[1]}_bn`, activation: inside })
    const sum = join.apply([branch, shortcut]) as tfl.SymbolicTensor
    return through(sum, activationLayer(layers, after, activation))
  }
  const sum = layers
    .add({ name: `${names[1]}_sum` })
    .apply([branch, shortcut]) as tfl.SymbolicTensor
  return through(
    sum,
    activation === 'scaledTanh'
      ? activationLayer(layers, after, activation)
      : layers.activation({ name: after, activation }),
  )
}
