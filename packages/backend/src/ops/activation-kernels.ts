import type { Tensor } from '@tensorflow/tfjs-core'
import { activate, activationGradient } from './activation.js'
import type { Activation } from './activation.js'
import type { FusedKernel } from './fused-kernel.js'
import { runKernel } from './run-kernel.js'

export interface ActivationAttributes {
  activation: Activation
}

/** An activation whose gradient needs its output only. */
export const activationKernel: FusedKernel = {
  name: 'DuctusActivation',
  compose: ({ x }, { activation }: ActivationAttributes) => activate(x!, activation).clone(),
  gradient: {
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => ({
      x: () =>
        attributes['activation'] === 'linear'
          ? (dy as Tensor).clone()
          : runKernel<Tensor>(
              'DuctusActivationGradient',
              { dy: dy as Tensor, y: saved[0]! },
              attributes,
            ),
    }),
  },
}

export const activationGradientKernel: FusedKernel = {
  name: 'DuctusActivationGradient',
  compose: ({ dy, y }, { activation }: ActivationAttributes) =>
    activationGradient(dy!, y!, activation).clone(),
}
