import { isBatchLimit, limitedBatches } from '@ductus/training'
import { describe, expect, it } from 'vitest'

describe('limitedBatches', () => {
  it.each([
    [undefined, 430],
    [1, 1],
    [0, 0],
    [10, 10],
    [1000, 430],
    [0.1, 43],
    [0.01, 4],
    [0.0001, 1],
    [{ batches: 1 }, 1],
    [{ fraction: 1 }, 430],
    [{ fraction: 0.5 }, 215],
    [{ fraction: 0 }, 0],
  ])('%j of 430 batches are %i', (limit, expected) => {
    expect(limitedBatches(430, limit)).toBe(expected)
  })

  it.each([1.5, -1, NaN, Infinity, '3', null, {}, { batches: 1.5 }, { fraction: 2 }])(
    'refuses %j',
    (limit) => {
      expect(isBatchLimit(limit)).toBe(false)
      expect(() => limitedBatches(430, limit as never)).toThrow('expected a batch limit')
    },
  )
})
