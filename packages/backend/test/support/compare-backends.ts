import * as tf from '@tensorflow/tfjs-core'
import { expect } from 'vitest'

type Values = Float32Array | Int32Array | Uint8Array | string[]

/** A tensor as plain data, to be made on any backend. */
export interface Plain {
  values: Values
  shape: number[]
  dtype?: tf.DataType
}

export interface Tolerance {
  rtol?: number
  atol?: number
}

/** Computes on a backend and gives plain data back; fails where that leaves anything behind there. */
export async function computeOn(
  backend: string,
  inputs: readonly Plain[],
  compute: (tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
): Promise<Plain[]> {
  await tf.setBackend(backend)
  const tensors = inputs.map(({ values, shape, dtype }) =>
    tf.tensor(values as Float32Array, shape, dtype ?? 'float32'),
  )
  const [tensorsBefore, dataBefore] = [tf.memory().numTensors, tf.backend().numDataIds()]
  const result = tf.tidy(() => compute(tensors))
  const outputs = Array.isArray(result) ? result : [result]
  const plain: Plain[] = []
  for (const output of outputs) {
    const values = (await output.data()) as Values
    plain.push({ values: values.slice(), shape: output.shape, dtype: output.dtype })
  }
  tf.dispose(outputs)
  expect(tf.memory().numTensors, 'tensors left').toBe(tensorsBefore)
  expect(tf.backend().numDataIds(), 'data left').toBe(dataBefore)
  tf.dispose(tensors)
  return plain
}

/** Expects the same result as `cpu` has: shapes, dtypes, values within the tolerance, NaN and infinities in place. */
export async function expectAsOnCpu(
  backend: string,
  inputs: readonly Plain[],
  compute: (tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  tolerance: Tolerance = {},
): Promise<void> {
  const expected = await computeOn('cpu', inputs, compute)
  const received = await computeOn(backend, inputs, compute)
  expect(received.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  )
  received.forEach(({ values }, i) => expectClose(values, expected[i]!.values, tolerance))
}

/** Expects `|received − expected| ≤ atol + rtol · |expected|` for each element. */
export function expectClose(
  received: ArrayLike<number | string>,
  expected: ArrayLike<number | string>,
  { rtol = 1e-4, atol = 1e-5 }: Tolerance = {},
): void {
  expect(received.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [received[i]!, expected[i]!]
    if (Object.is(a, b) || a === b) continue
    const close = Math.abs(Number(a) - Number(b)) <= atol + rtol * Math.abs(Number(b))
    if (!close) expect.fail(`element ${i}: expected ${String(b)}, received ${String(a)}`)
  }
}
