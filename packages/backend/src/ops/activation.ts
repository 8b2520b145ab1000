import { mul, relu, relu6, sigmoid, step, sub, tanh } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'

/** Activations that fused ops apply. The output of each determines its derivative. */
export type Activation = 'linear' | 'relu' | 'tanh' | 'sigmoid' | 'relu6'

/** Names of the activations that fused ops apply. */
export const activations: readonly Activation[] = ['linear', 'relu', 'tanh', 'sigmoid', 'relu6']

/** Refuses a name that is not an activation. */
export function checkActivation(op: string, activation: string): asserts activation is Activation {
  if (!(activations as readonly string[]).includes(activation)) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `${op}: expected activation ${activations.join(', ')}, received ${activation}. ` +
        'Apply another activation to the result.',
    )
  }
}

/** Applies an activation by its stock op. */
export function activate(x: Tensor, activation: Activation): Tensor {
  if (activation === 'relu') return relu(x)
  if (activation === 'relu6') return relu6(x)
  if (activation === 'tanh') return tanh(x)
  if (activation === 'sigmoid') return sigmoid(x)
  return x
}

/** Carries a gradient back through an activation, given the activation's output. */
export function activationGradient(dy: Tensor, y: Tensor, activation: Activation): Tensor {
  if (activation === 'relu') return mul(dy, step(y))
  if (activation === 'relu6') return mul(dy, mul(step(y), step(sub(6, y))))
  if (activation === 'tanh') return mul(dy, sub(1, mul(y, y)))
  if (activation === 'sigmoid') return mul(dy, mul(y, sub(1, y)))
  return dy
}
