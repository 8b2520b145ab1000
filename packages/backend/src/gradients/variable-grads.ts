import { engine, ones, tidy, variableGrads as stockVariableGrads } from '@tensorflow/tfjs-core'
import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
import { backwardPass } from './backward-pass.js'
import type { TapeNode } from './backward-pass.js'
import { freeUnread } from './free-unread.js'
import { withLeanSaves } from './lean-saves.js'

/** What is private in the types of TensorFlow.js' engine. */
interface Tape {
  startTape(): void
  endTape(): void
  state: { activeTape: TapeNode[] | null; gradientDepth: number }
}

/**
 * Computes a loss and its gradients with respect to variables: a `tf.variableGrads` that frees activations and
 * gradients on the way back, as soon as nothing needs them any more.
 *
 * @param f computes a scalar
 * @param variables those to differentiate by. Ones that aren't trainable, or that the loss does not depend on, have no
 *   gradient in the result.
 * @returns the loss and the gradients by the variables' names; the caller disposes of them
 * @throws Error as `tf.variableGrads` does: no trainable variable, a loss that is not a scalar or depends on none
 */
export function variableGrads(
  f: () => Scalar,
  variables: readonly Variable[],
): { value: Scalar; grads: NamedTensorMap } {
  const tape = engine() as unknown as Tape
  const trainable = variables.filter((variable) => variable.trainable)
  // Gradients of gradients need the whole tape; complaints are worded by TensorFlow.js.
  if (tape.state.gradientDepth > 0 || trainable.length === 0) {
    return stockVariableGrads(f, [...variables])
  }
  return tidy(() => {
    try {
      const value = record(tape, f)
      const nodes = tape.state.activeTape ?? []
      if (value.rank !== 0) {
        throw new Error(
          `The f passed in variableGrads(f) must return a scalar, but it returned a rank-${value.rank} tensor`,
        )
      }
      freeUnread(nodes)
      const gradients = tidy(() => backwardPass(nodes, value, ones([]), trainable) as Tensor[])
      const grads: NamedTensorMap = {}
      trainable.forEach(({ name }, i) => {
        const gradient = gradients[i]
        if (gradient) grads[name] = gradient
      })
      if (Object.keys(grads).length === 0) {
        throw new Error(
          'Cannot find a connection between any variable and the result of the loss function y=f(x). ' +
            'Please make sure the operations that use variables are inside the function f passed to minimize().',
        )
      }
      return { value, grads }
    } finally {
      for (const { saved } of tape.state.activeTape ?? []) {
        for (const tensor of saved) tensor.dispose()
      }
      tape.state.activeTape = null
    }
  })
}

function record(tape: Tape, f: () => Scalar): Scalar {
  tape.startTape()
  try {
    return withLeanSaves(() => tidy(f))
  } finally {
    tape.endTape()
  }
}
