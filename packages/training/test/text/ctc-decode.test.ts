import { uniformValues } from '@ductus/backend'
import { ctcAlign, ctcBeamDecode, ctcGreedyDecode } from '@ductus/training'
import { describe, expect, it } from 'vitest'

const steps = 5
const classes = 3

/** Probabilities of each step, and each text with the sum over every path that spells it, likeliest first. */
function everyText(logits: Float32Array): [text: number[], probability: number][] {
  const p = Array.from({ length: steps }, (_, t) => {
    const row = Array.from(logits.subarray(t * classes, (t + 1) * classes), Math.exp)
    const total = row.reduce((sum, value) => sum + value, 0)
    return row.map((value) => value / total)
  })
  const sums = new Map<string, number>()
  for (let path = 0; path < classes ** steps; path++) {
    const symbols = p.map((_, t) => Math.floor(path / classes ** t) % classes)
    const text = symbols.filter((symbol, t) => symbol !== 0 && symbol !== symbols[t - 1]).join()
    const probability = symbols.reduce((product, symbol, t) => product * p[t]![symbol]!, 1)
    sums.set(text, (sums.get(text) ?? 0) + probability)
  }
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .map(([text, sum]) => [text === '' ? [] : text.split(',').map(Number), sum])
}

/** Logits by which each step is sure of one class. */
function sure(path: readonly number[], width = 4): number[] {
  return path.flatMap((symbol) => Array.from({ length: width }, (_, c) => (c === symbol ? 8 : 0)))
}

describe('ctcGreedyDecode', () => {
  it('merges repeats and drops blanks', () => {
    expect(ctcGreedyDecode(sure([0, 1, 1, 0, 1, 2, 2, 0, 0, 3]), 4)).toEqual([1, 1, 2, 3])
    expect(ctcGreedyDecode(sure([0, 0]), 4)).toEqual([])
    expect(ctcGreedyDecode([], 4)).toEqual([])
    expect(ctcGreedyDecode(sure([3, 0, 3, 0]), 4, { blank: 3 })).toEqual([0, 0])
  })
})

describe('ctcBeamDecode', () => {
  it('finds the likeliest of all texts, with its probability', () => {
    let otherThanGreedy = 0
    for (let key = 0; key < 60; key++) {
      const logits = uniformValues(key, steps * classes, -1.5, 1.5)
      const [best] = everyText(logits)
      const { classes: text, logProbability } = ctcBeamDecode(logits, classes, { beamWidth: 300 })
      expect(text).toEqual(best![0])
      expect(logProbability).toBeCloseTo(Math.log(best![1]), 10)
      if (ctcGreedyDecode(logits, classes).join() !== text.join()) otherThanGreedy++
    }
    expect(otherThanGreedy).toBeGreaterThan(5)
  })

  it('finds a text no less likely the wider the beam, and never claims too much', () => {
    for (let key = 100; key < 130; key++) {
      const logits = uniformValues(key, steps * classes, -1.5, 1.5)
      const all = new Map(everyText(logits).map(([text, p]) => [text.join(), p]))
      for (const beamWidth of [1, 2, 3, 5]) {
        const { classes: text, logProbability } = ctcBeamDecode(logits, classes, { beamWidth })
        expect(Math.exp(logProbability)).toBeLessThanOrEqual(all.get(text.join())! + 1e-12)
      }
    }
  })

  it('takes another blank, impossible classes and no steps', () => {
    const logits = [...sure([1, 3, 1]), ...[-Infinity, 0, 0, -Infinity]]
    expect(ctcBeamDecode(logits, 4, { blank: 3 }).classes).toEqual([1, 1])
    expect(ctcBeamDecode([], 4)).toEqual({ classes: [], logProbability: 0 })
  })

  it('says what it takes', () => {
    expect(() => ctcBeamDecode([0, 1], 2, { beamWidth: 0 })).toThrow('beamWidth as a whole number')
    expect(() => ctcBeamDecode([0, 1, 2], 2)).toThrow('of 2 classes, received 3 numbers')
  })
})

describe('ctcAlign', () => {
  it('finds the steps of each character, and how sure they are', () => {
    const aligned = ctcAlign(sure([0, 1, 1, 0, 1, 2, 0]), 4, [1, 1, 2])
    expect(aligned.map(({ first, last }) => [first, last])).toEqual([
      [1, 2],
      [4, 4],
      [5, 5],
    ])
    const p = Math.exp(8) / (Math.exp(8) + 3)
    for (const { confidence } of aligned) expect(confidence).toBeCloseTo(p, 10)
  })

  it('aligns a text that no step is sure of', () => {
    const aligned = ctcAlign(new Float32Array(12), 4, [2, 2])
    expect(aligned.map(({ first, last }) => [first, last])).toEqual([
      [0, 0],
      [2, 2],
    ])
    expect(aligned[0]!.confidence).toBeCloseTo(0.25, 12)
    expect(ctcAlign(new Float32Array(12), 4, [])).toEqual([])
  })
})

describe('scores that rank nothing', () => {
  it.each([NaN, Infinity])('are the same error to both decoders: %d', (value) => {
    const scores = Float32Array.of(0, 1, 2, value, 0, 1)
    for (const decode of [ctcGreedyDecode, ctcBeamDecode]) {
      expect(() => decode(scores, 3)).toThrow(
        `${decode.name}: expected scores that can be ranked, received ${value} in step 1.`,
      )
    }
  })

  it('a probability of 0 is none of them', () => {
    const scores = Float32Array.of(-Infinity, 0, -1)
    expect(ctcGreedyDecode(scores, 3)).toEqual(ctcBeamDecode(scores, 3).classes)
  })
})
