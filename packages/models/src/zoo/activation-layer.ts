import type { Activation } from '@ductus/backend'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { KeyedLayers } from '../layers/keyed-layers.js'

/** Activations that a network of the zoo can have. */
export type ZooActivation = 'relu' | 'sigmoid' | 'tanh' | 'scaledTanh'

export const zooActivations = ['relu', 'sigmoid', 'tanh', 'scaledTanh'] as const

/** Gives the part of an activation that runs inside the layer before it. */
export function fusedActivation(activation: ZooActivation): Activation {
  return activation === 'scaledTanh' ? 'linear' : activation
}

/** Gives the layer that an activation needs besides; nothing for those that run inside the layer before. */
export function activationLayer(
  layers: KeyedLayers,
  name: string,
  activation: ZooActivation,
): tfl.layers.Layer | undefined {
  return activation === 'scaledTanh' ? layers.scaledTanh({ name }) : undefined
}
