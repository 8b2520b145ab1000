import { hashKey, uniformValues } from '@ductus/backend'
import { describe, expect, it } from 'vitest'

describe('uniformValues', () => {
  it('is a function of key and index alone', () => {
    const key = hashKey(3, 'init')
    const long = uniformValues(key, 1000, -2, 5)
    expect(uniformValues(key, 10, -2, 5)).toEqual(long.slice(0, 10))
    expect(uniformValues(key + 1, 10, -2, 5)).not.toEqual(long.slice(0, 10))
  })

  it('spreads evenly between its bounds', () => {
    const values = uniformValues(hashKey(1), 100_000, 1, 3)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(mean).toBeCloseTo(2, 2)
    expect(variance).toBeCloseTo(4 / 12, 2)
    expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThanOrEqual(1)
    expect(Math.max(...values.slice(0, 50_000))).toBeLessThan(3)
  })
})
