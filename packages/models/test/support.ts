import { useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { expect } from 'vitest'

/** MNIST as a model knows it. */
export const mnist = { inputDims: [28, 28, 1], mapping: [...'0123456789'] }

/** Chooses the reference backend, on which small networks are quick. */
export async function useReference(): Promise<void> {
  await useBackend('cpu')
}

/** Makes numbers that look random and are the same everywhere. */
export function waves(shape: number[], phase = 0): tf.Tensor {
  const size = tf.util.sizeFromShape(shape)
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + phase) * 0.9),
    shape,
  )
}

/** Compares numbers with a relative and an absolute tolerance. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 1e-5, atol = 1e-6 } = {},
): void {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!)
    if (!(difference <= atol + rtol * Math.abs(expected[i]!))) {
      expect.fail(`value ${i}: expected ${expected[i]}, received ${actual[i]}`)
    }
  }
}
