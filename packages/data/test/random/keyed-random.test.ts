import { expect, it } from 'vitest'
import { hashKey, keyedRandom } from '@ductus/data'

it('gives the same numbers for the same key and others for another', () => {
  const take = (...key: (number | string)[]) => {
    const random = keyedRandom(...key)
    return [random(), random(), random()]
  }
  expect(take(1, 'order', 0)).toEqual(take(1, 'order', 0))
  for (const key of [
    [2, 'order', 0],
    [1, 'split', 0],
    [1, 'order', 1],
    [1, 0, 'order'],
  ]) {
    expect(take(...key)).not.toEqual(take(1, 'order', 0))
  }
})

it('is uniform: mean, spread and the pairs of neighbours', () => {
  for (const seed of [0, 1, 42, 2 ** 40]) {
    const random = keyedRandom(seed, 'uniform')
    const values = Array.from({ length: 50_000 }, random)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(mean).toBeCloseTo(0.5, 2)
    expect(variance).toBeCloseTo(1 / 12, 2)
    const cells = new Array<number>(100).fill(0)
    for (let i = 1; i < values.length; i++) {
      const cell = Math.floor((values[i - 1] ?? 0) * 10) * 10 + Math.floor((values[i] ?? 0) * 10)
      cells[cell] = (cells[cell] ?? 0) + 1
    }
    // Chi-square with 99 degrees of freedom: 160 is past the 0.9999 quantile.
    const chi = cells.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0)
    expect(chi).toBeLessThan(160)
  }
})

it('tells large seeds and texts apart', () => {
  const keys = [hashKey(1), hashKey(2 ** 32 + 1), hashKey('1'), hashKey('1', ''), hashKey(-1)]
  expect(new Set(keys).size).toBe(keys.length)
})
