import * as tf from '@tensorflow/tfjs-core'
import { expectAllClose } from './all-close.js'

/**
 * Compares the gradients of a scalar function with central differences, element by element. The function is best
 * smooth, and of tens of elements.
 */
export function expectGradients(
  f: (...inputs: tf.Tensor[]) => tf.Scalar,
  inputs: tf.Tensor[],
  { step = 1e-2, rtol = 2e-2, atol = 2e-3 } = {},
): void {
  const gradients = tf.grads(f)(inputs)
  inputs.forEach((input, which) => {
    const values = Float32Array.from(input.dataSync())
    const slopes = values.map((_, i) => {
      const at = (delta: number) => {
        const moved = values.slice()
        moved[i] = moved[i]! + delta
        return tf.tidy(() => {
          const others = inputs.slice()
          others[which] = tf.tensor(moved, input.shape)
          return f(...others).dataSync()[0]!
        })
      }
      return (at(step) - at(-step)) / (2 * step)
    })
    expectAllClose(gradients[which]!.dataSync(), slopes, { rtol, atol }, `input ${which}`)
  })
  tf.dispose(gradients)
}
