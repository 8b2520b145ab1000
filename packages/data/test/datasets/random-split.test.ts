import { expect, it } from 'vitest'
import { ArrayDataset, keyedRandom, randomSplit, Subset } from '@ductus/data'

const dataset = new ArrayDataset({
  x: Float32Array.from({ length: 100 }, (_, i) => i),
  xShape: [1],
  y: new Int32Array(100).map((_, i) => i),
})

it('gives parts of the sizes asked for that share no sample', () => {
  const parts = randomSplit(dataset, [70, 20, 10], keyedRandom(1))
  expect(parts.map((part) => part.length)).toEqual([70, 20, 10])
  expect(new Set(parts.flatMap((part) => Array.from(part.indices))).size).toBe(100)
})

it('depends on the random numbers it is given alone', () => {
  const split = (seed: number) =>
    Array.from(randomSplit(dataset, [50], keyedRandom(seed))[0]!.indices)
  expect(split(1)).toEqual(split(1))
  expect(split(1)).not.toEqual(split(2))
})

it('serves the chosen samples', () => {
  const [part] = randomSplit(dataset, [5], keyedRandom(3))
  const x = new Float32Array(5)
  part?.fill([0, 1, 2, 3, 4], x, new Int32Array(5), { seed: 0, epoch: 0 })
  expect(Array.from(x)).toEqual(Array.from(part?.indices ?? []))
})

it.each([[[101]], [[-1, 3]], [[1.5]]])('refuses sizes %j', (sizes) => {
  expect(() => randomSplit(dataset, sizes, keyedRandom(1))).toThrow(/randomSplit: expected sizes/)
})

it('refuses a subset of samples that are not there', () => {
  expect(() => new Subset(dataset, [1, 100])).toThrow('expected indices below 100, received 100')
})
