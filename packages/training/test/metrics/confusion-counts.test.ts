import { ConfusionCounts } from '@ductus/training'
import { expect, it } from 'vitest'

it('counts true classes in rows and predicted ones in columns', () => {
  const matrix = new ConfusionCounts(3)
  matrix.add([0, 2, 2], [0, 1, 2])
  matrix.add([2], [1])
  expect(matrix.rows()).toEqual([
    [1, 0, 0],
    [0, 0, 2],
    [0, 0, 1],
  ])
})

it('goes on from rows', () => {
  const matrix = ConfusionCounts.from([
    [1, 2],
    [3, 4],
  ])
  matrix.add([1], [0])
  expect(matrix.rows()).toEqual([
    [1, 3],
    [3, 4],
  ])
})

it.each([
  [[0], [3]],
  [[0], [-1]],
  [[0], [0.5]],
  [[3], [0]],
  [[], [0]],
])('refuses what is no class: %j taken for %j', (predicted, labels) => {
  const matrix = new ConfusionCounts(3)
  expect(() => matrix.add(predicted, labels)).toThrow('expected classes from 0 to 2, received')
  expect(matrix.rows().flat()).toEqual(Array(9).fill(0))
})
