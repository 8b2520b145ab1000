import sharp from 'sharp'
import type { Rgb } from './digit-pictures.js'

/** A line of glyphs, 28 pixels high, ink bright: bytes. */
export interface RawLine {
  pixels: Uint8Array
  width: number
}

/** Sets glyphs of 28×28 in a line of a pitch. */
export function setLine(glyphs: readonly Uint8Array[], pitch: number, margin = 0): RawLine {
  const width = margin + (glyphs.length - 1) * pitch + 28 + margin
  const pixels = new Uint8Array(28 * width)
  glyphs.forEach((glyph, i) => {
    glyph.forEach((ink, at) => {
      const to = Math.floor(at / 28) * width + margin + i * pitch + (at % 28)
      pixels[to] = Math.min(255, (pixels[to] ?? 0) + ink)
    })
  })
  return { pixels, width }
}

/** How a line is dressed up. */
export interface LineDress {
  /** Times as large; enlarged by a smooth filter. Defaults to 1. */
  scale?: number
  ink: Rgb
  paper: Rgb
  /** Paper around it: above, right, below, left. Defaults to none. */
  margin?: readonly [number, number, number, number]
}

/** Makes a PNG file of a line. */
export async function dressedLine({ pixels, width }: RawLine, dress: LineDress): Promise<Buffer> {
  const { scale = 1, ink, paper, margin = [0, 0, 0, 0] } = dress
  const [wide, high] = [Math.round(width * scale), Math.round(28 * scale)]
  const grey = await sharp(pixels, { raw: { width, height: 28, channels: 1 } })
    .resize(wide, high, { kernel: 'cubic', fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer()
  const rgb = new Uint8Array(grey.length * 3)
  for (let i = 0; i < grey.length; i++) {
    const share = (grey[i] ?? 0) / 255
    for (let c = 0; c < 3; c++) {
      rgb[i * 3 + c] = Math.round((paper[c] ?? 0) * (1 - share) + (ink[c] ?? 0) * share)
    }
  }
  const [top, right, bottom, left] = margin
  const background = { r: paper[0], g: paper[1], b: paper[2] }
  return sharp(rgb, { raw: { width: wide, height: high, channels: 3 } })
    .extend({ top, right, bottom, left, background })
    .png()
    .toBuffer()
}
