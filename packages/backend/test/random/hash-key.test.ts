import { hashKey } from '@ductus/backend'
import { describe, expect, it } from 'vitest'

describe('hashKey', () => {
  it('gives these keys for ever', () => {
    expect([
      hashKey(),
      hashKey(0),
      hashKey(42, 'dropout', 'conv1', 7),
      hashKey('é', -1, 0.5, 1e300),
    ]).toMatchInlineSnapshot(`
      [
        4091216125,
        70454616,
        1643987773,
        3988902902,
      ]
    `)
  })

  it('tells order, type, grouping and size apart', () => {
    const keys = [
      hashKey(1, 2),
      hashKey(2, 1),
      hashKey('1', 2),
      hashKey(12),
      hashKey('ab', 'c'),
      hashKey('a', 'bc'),
      hashKey('abc'),
      hashKey(1),
      hashKey(1 + 2 ** 32),
      hashKey(1.5),
      hashKey(Infinity),
      hashKey(-Infinity),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('takes −0 for 0', () => {
    expect(hashKey(-0)).toBe(hashKey(0))
  })

  it('spreads neighbouring seeds and steps over all bits', () => {
    const seen = new Set<number>()
    const ones = new Array<number>(32).fill(0)
    for (let seed = 0; seed < 100; seed++) {
      for (let step = 0; step < 100; step++) {
        const key = hashKey(seed, 'order', step)
        seen.add(key)
        for (let bit = 0; bit < 32; bit++) ones[bit]! += (key >>> bit) & 1
      }
    }
    expect(seen.size).toBeGreaterThan(9_980)
    for (const count of ones) expect(Math.abs(count - 5_000)).toBeLessThan(250)
  })

  it('refuses NaN and what is neither number nor string', () => {
    expect(() => hashKey(NaN)).toThrow('hashKey: expected numbers and strings, received NaN')
    expect(() => hashKey(undefined as never)).toThrow('received undefined')
  })
})
