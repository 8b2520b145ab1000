import { describe, expect, it } from 'vitest'
import {
  ArrayDataset,
  AugmentedDataset,
  DataLoader,
  MNIST,
  type AugmentOptions,
  type Batch,
} from '@ductus/data'

const off: AugmentOptions = {
  augmentRotate: 0,
  augmentScale: 0,
  augmentTranslate: 0,
  augmentShear: 0,
  augmentBrightness: 0,
  augmentContrast: 0,
  augmentBlur: 0,
  augmentNoise: 0,
}
const range = { background: 0, ink: 1 }
const side = 28

/** 40 equal images of a solid square, rows and columns 10 to 17. */
const squares = new ArrayDataset({
  x: Uint8Array.from({ length: 40 * side * side }, (_, i) => {
    const [row, column] = [Math.floor((i % 784) / side), i % side]
    return row >= 10 && row < 18 && column >= 10 && column < 18 ? 255 : 0
  }),
  xShape: [side, side, 1],
  y: new Uint8Array(40),
})

function images(options: Partial<AugmentOptions>, epoch = 0, seed = 1): Float32Array[] {
  const dataset = new AugmentedDataset(squares, { ...off, ...options }, range)
  const { x } = new DataLoader(dataset, { batchSize: 40, seed }).batch(epoch, 0)
  return Array.from({ length: 40 }, (_, i) => x.subarray(i * 784, (i + 1) * 784))
}

const total = (image: Float32Array): number => image.reduce((sum, value) => sum + value, 0)

function centre(image: Float32Array): [number, number] {
  let [rows, columns] = [0, 0]
  image.forEach((value, i) => {
    rows += value * Math.floor(i / side)
    columns += value * (i % side)
  })
  return [rows / total(image), columns / total(image)]
}

it('changes nothing when all is off', () => {
  const plain = new DataLoader(squares, { batchSize: 40 }).batch(0, 0).x
  for (const image of images({})) expect(image).toEqual(plain.subarray(0, 784))
})

describe('affine', () => {
  it('turns about the centre: the middle and the ink stay', () => {
    const turned = images({ augmentRotate: 45 })
    expect(new Set(turned.map(String)).size).toBe(40)
    for (const image of turned) {
      expect(total(image)).toBeGreaterThan(61)
      expect(total(image)).toBeLessThan(67)
      const [row, column] = centre(image)
      expect(row).toBeCloseTo(13.5, 1)
      expect(column).toBeCloseTo(13.5, 1)
    }
  })

  it('shifts by up to the pixels given, either way', () => {
    const moves = images({ augmentTranslate: 3 }).map((image) => centre(image)[1] - 13.5)
    expect(Math.max(...moves)).toBeGreaterThan(2)
    expect(Math.min(...moves)).toBeLessThan(-2)
    for (const move of moves) expect(Math.abs(move)).toBeLessThanOrEqual(3.001)
  })

  it('scales the area by the square', () => {
    const areas = images({ augmentScale: 0.25 }).map((image) => total(image) / 64)
    expect(Math.min(...areas)).toBeGreaterThan(0.75 ** 2 - 0.05)
    expect(Math.max(...areas)).toBeLessThan(1.25 ** 2 + 0.05)
    expect(Math.max(...areas) - Math.min(...areas)).toBeGreaterThan(0.5)
  })

  it('slants rows against each other and keeps them in their place', () => {
    const slants = images({ augmentShear: 30 }).map((image) => {
      const of = (row: number): number => {
        const line = image.subarray(row * side, row * side + side)
        return line.reduce((sum, value, i) => sum + value * i, 0) / total(line)
      }
      expect(centre(image)[0]).toBeCloseTo(13.5, 3)
      return of(17) - of(10)
    })
    const most = 7 * Math.tan(Math.PI / 6)
    for (const slant of slants) expect(Math.abs(slant)).toBeLessThan(most + 0.01)
    expect(Math.max(...slants) - Math.min(...slants)).toBeGreaterThan(most)
  })
})

describe('values', () => {
  it('brightness and contrast stay within background and ink', () => {
    const grey = images({ augmentBrightness: 0.3, augmentContrast: 0.5 })
    expect(new Set(grey.map((image) => image[0])).size).toBeGreaterThan(10)
    for (const image of grey) {
      expect(Math.min(...image)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...image)).toBeLessThanOrEqual(1)
    }
  })

  it('blur spreads ink and keeps its amount', () => {
    const blurred = images({ augmentBlur: 2 })
    for (const image of blurred) expect(total(image)).toBeCloseTo(64, 1)
    expect(Math.max(...blurred.map((image) => image[9 * side + 13] ?? 0))).toBeGreaterThan(0.2)
  })

  it('noise is different at each pixel', () => {
    const noisy = images({ augmentNoise: 0.5 })
    const blank = noisy.map((image) => image.subarray(0, 5 * side))
    for (const part of blank) expect(new Set(part).size).toBeGreaterThan(20)
  })
})

it('is a function of seed, epoch and index', () => {
  const options = { augmentRotate: 20, augmentNoise: 0.2 }
  expect(images(options, 3)).toEqual(images(options, 3))
  expect(images(options, 3)[0]).not.toEqual(images(options, 4)[0])
  expect(images(options, 3)[0]).not.toEqual(images(options, 3, 2)[0])
  expect(images(options, 3)[0]).not.toEqual(images(options, 3)[1])
})

it('varies MNIST’s training images alone, the same in workers', async () => {
  const options = {
    trainSize: 300,
    valSize: 100,
    batchSize: 100,
    augmentRotate: 15,
    augmentBlur: 1,
  }
  const read = async (data: MNIST): Promise<Batch[]> => {
    await data.setup('fit')
    const batches: Batch[] = []
    for await (const batch of data.trainDataLoader().batches(2)) batches.push(batch)
    await data.teardown()
    return batches
  }
  const varied = await read(new MNIST(options))
  expect(await read(new MNIST({ ...options, numWorkers: 2 }))).toEqual(varied)
  const plain = await read(new MNIST({ ...options, augmentRotate: 0, augmentBlur: 0 }))
  expect(varied.map((batch) => batch.y)).toEqual(plain.map((batch) => batch.y))
  expect(varied[0]?.x).not.toEqual(plain[0]?.x)
  const [a, b] = [new MNIST(options), new MNIST({ ...options, augmentRotate: 0, augmentBlur: 0 })]
  await Promise.all([a.setup('fit'), b.setup('fit')])
  expect(a.valDataLoader().batch(0, 0)).toEqual(b.valDataLoader().batch(0, 0))
})
