import { ArrayDataset, DataLoader, type DataConfig } from '@ductus/data'
import { hashKey, uniformValues } from '@ductus/backend'

/** Options of `toyData`. */
export interface ToyDataOptions {
  samples?: number
  batchSize?: number
  seed?: number
}

/** Makes data that a small network learns in seconds: the class is the brightest of three quarters of an image. */
export function toyData({ samples = 110, batchSize = 20, seed = 1 }: ToyDataOptions = {}) {
  const train = dataset(samples, hashKey(seed, 'train'))
  const held = dataset(50, hashKey(seed, 'held'))
  const loader = (of: ArrayDataset, shuffle: boolean): DataLoader =>
    new DataLoader(of, { batchSize, shuffle, seed })
  return {
    trainDataLoader: () => loader(train, true),
    valDataLoader: () => loader(held, false),
    testDataLoader: () => loader(held, false),
    config: () => toyConfig,
  }
}

/** What a model needs to know of them. */
export const toyConfig: DataConfig = {
  name: 'Toy',
  inputDims: [4, 3, 1],
  outputDims: [1],
  mapping: ['left', 'middle', 'right'],
  preprocessing: { pixelScale: 255, height: 4, width: 3, channels: 1, kind: 'image' },
}

function dataset(samples: number, key: number): ArrayDataset {
  const x = uniformValues(key, samples * 12, 0, 1)
  const y = Int32Array.from({ length: samples }, (_, i) => i % 3)
  for (let i = 0; i < samples; i++) {
    for (let row = 0; row < 4; row++) x[i * 12 + row * 3 + y[i]!]! += 0.5
  }
  return new ArrayDataset({ x, xShape: [4, 3, 1], y })
}
