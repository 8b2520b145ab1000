import { characterIndices, decodeText, LineReader } from '@ductus/training'
import { describe, expect, it } from 'vitest'

const mapping = ['<B>', '<S>', '<E>', '<P>', ' ', 'a', 'b', 'c']

/** Probabilities of each step: most for one class. */
function sure(path: readonly number[]): Float32Array {
  return Float32Array.from(
    path.flatMap((symbol) => mapping.map((_, c) => (c === symbol ? 0.93 : 0.01))),
  )
}

describe('decodeText', () => {
  it('leaves special tokens out', () => {
    expect(decodeText([1, 5, 4, 0, 6, 2, 3, 3], mapping)).toBe('a b')
    expect(characterIndices([1, 5, 4, 6, 2, 3, 3], mapping)).toEqual([5, 4, 6])
    expect(decodeText([], mapping)).toBe('')
  })

  it('names an index that the mapping does not have', () => {
    expect(() => decodeText([5, 8], mapping)).toThrow('from 0 to 7, received 8 at 1')
  })
})

describe('LineReader', () => {
  it('reads a step as a character with cross-entropy, and no paper behind the text', () => {
    const reader = new LineReader({ mapping })
    const values = sure([1, 5, 4, 6, 6, 2, 4, 3, 4])
    const [reading] = reader.readAll({ values, shape: [1, 9, 8] })
    expect(reading!.text).toBe('a bb')
    expect(reading!.characters.map(({ first }) => first)).toEqual([1, 2, 3, 4])
    expect(reading!.characters[0]).toEqual({
      character: 'a',
      index: 5,
      confidence: expect.closeTo(0.93, 6) as number,
      first: 1,
      last: 1,
    })
  })

  it('reads by CTC, greedily or with a beam', () => {
    const path = [0, 5, 5, 0, 5, 4, 4, 7, 0]
    for (const beamWidth of [1, 8]) {
      const reader = new LineReader({ mapping, loss: 'ctc', beamWidth })
      const values = Float32Array.from([...sure(path), ...sure([0, 0, 0, 0, 0, 0, 0, 0, 6])])
      const [first, second] = reader.readAll({ values, shape: [2, 9, 8] })
      expect(first!.text).toBe('aa c')
      expect(first!.characters.map((each) => [each.first, each.last])).toEqual([
        [1, 2],
        [4, 4],
        [5, 6],
        [7, 7],
      ])
      expect(second!.text).toBe('b')
    }
  })

  it('reads the likelier text with a beam where the likeliest path spells another', () => {
    // Two steps: blank 0.4, a 0.35, b 0.25. The path blank-blank is the likeliest, the text "a" likelier.
    const step = [0.4, 0, 0, 0, 0, 0.35, 0.25, 0]
    const values = Float32Array.from([...step, ...step])
    const text = (beamWidth: number): string =>
      new LineReader({ mapping, loss: 'ctc', beamWidth }).readAll({ values, shape: [1, 2, 8] })[0]!
        .text
    expect(text(1)).toBe('')
    expect(text(5)).toBe('a')
  })

  it('says what it takes', () => {
    expect(() => new LineReader({ mapping, loss: 'cct' as 'ctc' })).toThrow('Did you mean ctc?')
    expect(() => new LineReader({ mapping, beamWidth: 0.5 })).toThrow('received 0.5')
    expect(() => new LineReader({ mapping: ['a'], loss: 'ctc' })).toThrow('a mapping with <B>')
  })
})
