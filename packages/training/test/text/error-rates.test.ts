import { alignSequences, characterErrorRate, editDistance } from '@ductus/training'
import { describe, expect, it } from 'vitest'

describe('editDistance', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'acb', 2],
    ['flaw', 'lawn', 2],
    ['naïve 😀', 'naive 😀', 1],
  ])('of "%s" and "%s" is %i', (reference, read, edits) => {
    expect(editDistance(reference, read)).toBe(edits)
    expect(editDistance(read, reference)).toBe(edits)
  })

  it('takes class indices', () => {
    expect(editDistance([1, 2, 3], Int32Array.of(1, 3))).toBe(1)
  })
})

describe('alignSequences', () => {
  it.each([
    ['kitten', 'sitting', { edits: 3, matches: 4 }],
    ['abc', 'xbc', { edits: 1, matches: 2 }],
    ['abcdef', 'bcdef', { edits: 1, matches: 5 }],
    ['ab', 'ba', { edits: 2, matches: 1 }],
    ['', '', { edits: 0, matches: 0 }],
  ])('keeps what it can of "%s" in "%s"', (reference, read, alignment) => {
    expect(alignSequences(reference, read)).toEqual(alignment)
  })
})

describe('characterErrorRate', () => {
  it('is all edits over all characters, not a mean of rates', () => {
    const lines = [
      { reference: 'a', read: 'b' },
      { reference: 'abcdefghi', read: 'abcdefghi' },
    ]
    expect(characterErrorRate(lines)).toBe(0.1)
    expect(characterErrorRate([{ reference: 'ab', read: 'abcde' }])).toBe(1.5)
    expect(characterErrorRate([{ reference: [1, 2], read: [2] }])).toBe(0.5)
  })

  it('is no number without characters', () => {
    expect(characterErrorRate([])).toBeNaN()
    expect(characterErrorRate([{ reference: '', read: 'a' }])).toBeNaN()
  })
})
