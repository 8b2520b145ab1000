import * as tf from '@tensorflow/tfjs-core'
import { expect } from 'vitest'

/** A tensor's makings, for each backend to have its own. */
export interface Plain {
  values: Float32Array | Int32Array | Uint8Array
  shape: number[]
  dtype?: 'float32' | 'int32' | 'bool'
}

type Compute = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[]

/** How far sums of the same numbers in another order may lie apart, as a share of the greatest result. */
const defaultTolerance = 2e-5
/** Results this small are compared as if they were this great: rounding errors of operands near 1. */
const least = 0.1

/** Expects `native` to give what `cpu` gives: shape, dtype, NaN and infinities in place, numbers within rounding. */
export async function expectAsOnCpu(
  inputs: readonly Plain[],
  compute: Compute,
  tolerance = defaultTolerance,
): Promise<void> {
  const expected = await run('cpu', inputs, compute)
  const received = await run('native', inputs, compute)
  expect(received.length).toBe(expected.length)
  received.forEach((result, i) => expectSame(result, expected[i]!, tolerance))
}

interface Result {
  shape: number[]
  dtype: string
  values: Float32Array | Int32Array | Uint8Array
}

async function run(backend: string, inputs: readonly Plain[], compute: Compute): Promise<Result[]> {
  await tf.setBackend(backend)
  const before = tf.memory().numTensors
  const results = tf.tidy(() => {
    const tensors = inputs.map(({ values, shape, dtype }) => tf.tensor(values, shape, dtype))
    const outputs = compute(...tensors)
    return (Array.isArray(outputs) ? outputs : [outputs]).map((output) => ({
      shape: output.shape,
      dtype: output.dtype,
      values: output.dataSync().slice(),
    }))
  })
  expect(tf.memory().numTensors).toBe(before)
  return results
}

const arrayOf: Record<string, typeof Float32Array | typeof Int32Array | typeof Uint8Array> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
}

function expectSame(received: Result, expected: Result, tolerance: number): void {
  expect(received.shape).toEqual(expected.shape)
  expect(received.dtype).toBe(expected.dtype)
  // The arrays of cpu do not always match its labels.
  expect(received.values).toBeInstanceOf(arrayOf[received.dtype])
  let greatest = 0
  for (const value of expected.values) {
    if (Number.isFinite(value)) greatest = Math.max(greatest, Math.abs(value))
  }
  for (let i = 0; i < expected.values.length; i++) {
    const a = received.values[i]!
    const b = expected.values[i]!
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue
    if (Math.abs(a - b) <= tolerance * Math.max(Math.abs(b), Math.min(greatest, 1e6), least))
      continue
    expect.fail(`element ${i} of [${expected.shape.join(', ')}]: expected ${b}, received ${a}`)
  }
}
