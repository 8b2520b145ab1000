import { expect } from 'vitest'

interface Tolerance {
  rtol?: number
  atol?: number
}

/** Expects numbers to agree: |a − b| ≤ atol + rtol · |b|; NaN agrees with NaN, infinity with itself. */
export function expectAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 1e-5, atol = 1e-6 }: Tolerance = {},
  label = '',
): void {
  expect(actual.length, `${label} length`).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    const a = actual[i]!
    const b = expected[i]!
    if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) continue
    if (Math.abs(a - b) <= atol + rtol * Math.abs(b)) continue
    expect.fail(`${label} at ${i}: expected ${b}, received ${a}`)
  }
}
