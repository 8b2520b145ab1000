import { expect, it } from 'vitest'
import { FashionMNIST, MNIST } from '@ductus/data'
import { dataFolder } from '../test/helpers/data-folder.js'
import { datasets } from './datasets.js'

it.skipIf(datasets === undefined)('gets FashionMNIST from a folder of data sets', async () => {
  const data = new FashionMNIST({}, { dataDir: await dataFolder(), mirror: datasets as string })
  await data.prepareData()
  await data.setup('fit')
  await data.setup('test')
  const loaders = [data.trainDataLoader(), data.valDataLoader(), data.testDataLoader()]
  expect(loaders.map((loader) => loader.dataset.length)).toEqual([50_000, 10_000, 10_000])
  expect(data.config().mapping[9]).toBe('Ankle boot')
  const { x, y } = data.testDataLoader().batch(0, 0)
  expect(Array.from(y.subarray(0, 5))).toEqual([9, 2, 1, 1, 6])
  expect([Math.min(...x), Math.max(...x)]).toEqual([0, 1])
})

it.skipIf(datasets === undefined)('normalises FashionMNIST to mean 0 and deviation 1', async () => {
  const context = { dataDir: await dataFolder(), mirror: datasets as string }
  const data = new FashionMNIST({ normalize: true, trainSize: 60_000, valSize: 0 }, context)
  await data.setup('fit')
  let [sum, squares, count] = [0, 0, 0]
  for await (const { x } of data.trainDataLoader().batches(0)) {
    for (const value of x) [sum, squares] = [sum + value, squares + value * value]
    count += x.length
  }
  expect(sum / count).toBeCloseTo(0, 3)
  expect(Math.sqrt(squares / count)).toBeCloseTo(1, 3)
})

it.skipIf(datasets === undefined)(
  'reads the same MNIST from gzip files and plain ones',
  async () => {
    const gzipped = new MNIST({}, { dataDir: await dataFolder(), mirror: datasets as string })
    const plain = new MNIST({}, { dataDir: await dataFolder(), mirror: '' })
    const [a, b] = await Promise.all(
      [gzipped, plain].map(async (data) => {
        await data.setup('fit')
        return data.trainDataLoader().batch(0, 0)
      }),
    )
    expect(a).toEqual(b)
  },
)
