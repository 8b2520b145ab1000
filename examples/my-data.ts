// A data module of your own: pen strokes in four directions, drawn by a formula, so it needs no files.
import { ArrayDataset, DataLoader, DataModule, hashKey } from '@ductus/data'
import type { DataConfig } from '@ductus/data'
import { z } from 'zod'

const side = 28
const directions = ['-', '/', '|', '\\']

const options = z.strictObject({
  batchSize: z.int().min(1).default(32).describe('Strokes a batch'),
  trainSize: z.int().min(1).default(640).describe('Strokes to train on'),
  seed: z.int().default(42).describe('Seed of the strokes and of their order'),
})

export class Strokes extends DataModule {
  static override readonly summary = 'Pen strokes in four directions'
  static override readonly options = options
  readonly #options: z.output<typeof options>

  constructor(given: Record<string, unknown> = {}) {
    super()
    this.#options = options.parse(given)
  }

  override async setup(): Promise<void> {}

  override trainDataLoader(): DataLoader {
    return this.#loader('train', this.#options.trainSize, true)
  }

  override valDataLoader(): DataLoader {
    return this.#loader('validation', 160, false)
  }

  override testDataLoader(): DataLoader {
    return this.#loader('test', 160, false)
  }

  override config(): DataConfig {
    return {
      name: 'Strokes',
      inputDims: [side, side, 1],
      outputDims: [1],
      mapping: directions,
      preprocessing: { pixelScale: 255, height: side, width: side, channels: 1, kind: 'digit' },
    }
  }

  #loader(part: string, count: number, shuffle: boolean): DataLoader {
    const { seed, batchSize } = this.#options
    const x = new Uint8Array(count * side * side)
    const y = Uint8Array.from({ length: count }, (_, i) => i % directions.length)
    y.forEach((direction, i) => {
      const random = (what: string) => hashKey(seed, part, i, what) / 2 ** 32
      draw(x.subarray(i * side * side, (i + 1) * side * side), {
        angle: ((direction + (random('angle') - 0.5) * 0.5) * Math.PI) / 4,
        length: 12 + 8 * random('length'),
        left: side / 2 + 4 * (random('left') - 0.5),
        top: side / 2 + 4 * (random('top') - 0.5),
      })
    })
    const dataset = new ArrayDataset({ x, xShape: [side, side, 1], y })
    return new DataLoader(dataset, { batchSize, shuffle, seed })
  }
}

interface Stroke {
  angle: number
  length: number
  left: number
  top: number
}

function draw(pixels: Uint8Array, { angle, length, left, top }: Stroke): void {
  for (let t = -length / 2; t <= length / 2; t += 0.25) {
    const column = Math.round(left + t * Math.cos(angle))
    const row = Math.round(top - t * Math.sin(angle))
    for (const [r, c] of [
      [row, column],
      [row + 1, column],
      [row, column + 1],
    ] as const) {
      if (r >= 0 && r < side && c >= 0 && c < side) pixels[r * side + c] = 255
    }
  }
}
