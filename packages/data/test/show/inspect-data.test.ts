import { beforeAll, expect, it } from 'vitest'
import { inspectData, MNIST } from '@ductus/data'

const data = new MNIST({ normalize: false })
beforeAll(() => data.setup('fit'))

it('sums up a batch and draws one training item with its character', () => {
  const { x, y, item } = inspectData(data, { seed: 3 })
  expect(x).toMatchObject({ shape: [128, 28, 28, 1], dtype: 'float32', min: 0, max: 1 })
  expect(x.mean).toBeGreaterThan(0.1)
  expect(x.std).toBeGreaterThan(0.25)
  expect(y).toMatchObject({ shape: [128], dtype: 'int32', min: 0, max: 9 })
  expect(item.xShape).toEqual([28, 28, 1])
  expect(item.x).toHaveLength(784)
  expect(item.label).toBe(String(item.y[0]))
  expect(inspectData(data, { seed: 3 }).item).toEqual(item)
})

it('shows the item that is asked for', () => {
  expect(inspectData(data, { index: 17 }).item.index).toBe(17)
  expect(() => inspectData(data, { index: 55_000 })).toThrow(
    /index from 0 to 54999, received 55000/,
  )
})
