import { hashKey, uniformValues } from '@ductus/backend'
import { ArrayDataset, DataLoader, type DataConfig } from '@ductus/data'
import { LineCNN, LineCNNSimple } from '@ductus/models'
import type { LayersModel } from '@tensorflow/tfjs-layers'

const letters = [' ', 'a', 'b', 'c']

/** Options of `toyLines`. */
export interface ToyLinesOptions {
  lines?: number
  batchSize?: number
  maxLength?: number
  /** Pixels from character to character, 16 or fewer; a list is drawn from, line by line. */
  pitches?: readonly number[]
  seed?: number
}

/** Makes lines of three glyphs of 8×16 pixels and spaces, padded by `<P>`, that a small network learns in seconds. */
export function toyLines({
  lines = 16,
  batchSize = 8,
  maxLength = 6,
  pitches = [16],
  seed = 1,
}: ToyLinesOptions = {}) {
  const config = toyLineConfig(maxLength, pitches)
  const loader = (part: string, shuffle: boolean): DataLoader =>
    new DataLoader(dataset(lines, maxLength, pitches, hashKey(seed, part)), {
      batchSize,
      shuffle,
      seed,
    })
  return {
    trainDataLoader: () => loader('train', true),
    valDataLoader: () => loader('held', false),
    testDataLoader: () => loader('held', false),
    config: () => config,
  }
}

/** What a model needs to know of them. */
export function toyLineConfig(maxLength = 6, pitches: readonly number[] = [16]): DataConfig {
  const overlaps = pitches.map((pitch) => 1 - pitch / 16)
  return {
    name: 'ToyLines',
    inputDims: [8, 16 * maxLength, 1],
    outputDims: [maxLength],
    mapping: ['<B>', '<S>', '<E>', '<P>', ...letters],
    preprocessing: { pixelScale: 1, height: 8, width: 16 * maxLength, channels: 1, kind: 'line' },
    line: { minOverlap: Math.min(...overlaps), maxOverlap: Math.max(...overlaps) },
  }
}

/** One window a character. */
export function toyWindowModel(maxLength = 6, fcDropout = 0): LayersModel {
  const options = { windowWidth: 16, windowStride: 16, convDim: 4, fcDim: 16, fcDropout }
  return LineCNNSimple(toyLineConfig(maxLength), options, { seed: 5 })
}

/** A window every 8 pixels. */
export function toyCtcModel(maxLength = 6, fcDropout = 0): LayersModel {
  const options = { convDim: 4, fcDim: 32, windowWidth: 16, fcDropout }
  return LineCNN(toyLineConfig(maxLength), options, { seed: 5 })
}

/** Pixels of each letter: the space is empty. */
const glyphs = letters.map((_, letter) =>
  letter === 0 ? new Float32Array(128) : uniformValues(hashKey('glyph', letter), 128, 0, 1),
)

function dataset(
  lines: number,
  maxLength: number,
  pitches: readonly number[],
  key: number,
): ArrayDataset {
  const width = 16 * maxLength
  const x = new Float32Array(lines * 8 * width)
  const y = new Int32Array(lines * maxLength).fill(3)
  for (let line = 0; line < lines; line++) {
    const draw = uniformValues(hashKey(key, line), maxLength + 2, 0, 1)
    const length = 2 + Math.floor(draw[0]! * (maxLength - 1))
    const pitch = pitches[Math.floor(draw[1]! * pitches.length)]!
    for (let i = 0; i < length; i++) {
      const edge = i === 0 || i === length - 1
      const letter = edge ? 1 + Math.floor(draw[2 + i]! * 3) : Math.floor(draw[2 + i]! * 4)
      y[line * maxLength + i] = 4 + letter
      for (let pixel = 0; pixel < 128; pixel++) {
        const column = i * pitch + (pixel % 16)
        const at = (line * 8 + (pixel >> 4)) * width + column
        x[at] = Math.min(1, x[at]! + glyphs[letter]![pixel]!)
      }
    }
  }
  return new ArrayDataset({ x, xShape: [8, width, 1], y, yShape: [maxLength] })
}
