import { describe, expect, it } from 'vitest'
import {
  calibrationChart,
  calibrationOf,
  classAccuracy,
  confusionMatrix,
  confusionOf,
  confusionOrder,
  confusedPairs,
  lineErrorsOf,
  errorsByPosition,
  commonSubstitutions,
  toPng,
} from '../../src/index.js'
import { seeded } from '../support/mnist.js'

describe('confusion', () => {
  const confusion = confusionOf([0, 0, 1, 1, 2, 2], [0, 2, 1, 1, 0, 2], ['a', 'b', 'c'])

  it('counts rows true, columns predicted', () => {
    expect(confusion.counts).toEqual([
      [1, 0, 1],
      [0, 2, 0],
      [1, 0, 1],
    ])
    expect(confusedPairs(confusion)).toEqual([
      { truth: 'a', prediction: 'c', count: 1, share: 0.5 },
      { truth: 'c', prediction: 'a', count: 1, share: 0.5 },
    ])
    expect(() => confusionOf([3], [0], ['a', 'b', 'c'])).toThrow('expected classes from 0 to 2')
  })

  it('sets classes that are mixed up side by side', () => {
    const order = confusionOrder(confusion)
    expect(Math.abs(order.indexOf(0) - order.indexOf(2))).toBe(1)
    expect([...order].sort()).toEqual([0, 1, 2])
  })

  it('names classes that are never predicted or have no examples', () => {
    const { description, svg } = confusionMatrix({
      names: ['a', 'b'],
      counts: [
        [0, 4],
        [0, 0],
      ],
    })
    expect(description).toContain('never predicted: a')
    expect(description).toContain('no examples of: b')
    expect(svg).not.toContain('NaN')
  })

  it('draws 83 classes, and shares in place of counts', async () => {
    const random = seeded(3)
    const names = Array.from({ length: 83 }, (_u, i) => String.fromCharCode(33 + i))
    const counts = names.map((_r, i) =>
      names.map((_c, j) => (i === j ? 50 : random() < 0.05 ? 3 : 0)),
    )
    const picture = confusionMatrix({ names, counts }, { order: 'confusion' })
    expect(picture.width).toBeLessThan(1200)
    expect((await toPng(picture, { scale: 1 })).length).toBeGreaterThan(10_000)
    const shares = confusionMatrix(confusion, { cells: 'shares' })
    expect(shares.svg).toContain('>50</text>')
    expect(shares.description).toContain('% of the true class')
    expect(() => confusionMatrix({ names: ['a'], counts: [[1, 2]] })).toThrow('one of 2')
  })

  it('charts accuracy by class', async () => {
    const { description } = await classAccuracy(confusion)
    expect(description).toContain('a 50.0 %')
  })
})

describe('calibration', () => {
  it('measures the gap between confidence and accuracy', async () => {
    const result = calibrationOf([0.95, 0.95, 0.55, 0.55], [true, true, true, false])
    expect(result.expectedError).toBeCloseTo(0.05)
    expect((await calibrationChart(result)).description).toContain('90–100 %: right 100 % of 2')
    expect(() => calibrationOf([2], [true])).toThrow('Pass probabilities')
  })
})

describe('errors in lines', () => {
  it('aligns and counts by position and kind', async () => {
    const errors = lineErrorsOf([
      { truth: 'cat', read: 'cot' },
      { truth: 'cat', read: 'ca' },
      { truth: 'cat', read: 'cats' },
    ])
    expect(errors.positions).toEqual([
      { position: 0, lines: 3, errors: 0 },
      { position: 1, lines: 3, errors: 1 },
      { position: 2, lines: 3, errors: 1 },
    ])
    expect(errors.substitutions).toEqual([
      { truth: 'a', read: 'o', count: 1 },
      { truth: 't', read: '', count: 1 },
      { truth: '', read: 's', count: 1 },
    ])
    expect(errors.characterErrorRate).toBeCloseTo(3 / 9)
    expect((await errorsByPosition(errors)).description).toContain('33 % at position 2')
    expect((await commonSubstitutions(errors)).description).toContain('t → lost, 1 time')
  })
})
