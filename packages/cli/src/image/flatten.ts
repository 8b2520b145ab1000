import type { RgbaImage } from './pixels.js'

/**
 * Lays a picture with transparent parts on a background that its colours stand out from: white under dark colours, black
 * under light ones. Gives red, green, blue of each pixel.
 */
export function flatten({ width, height, data }: RgbaImage): Uint8Array {
  const pixels = width * height
  const rgb = new Uint8Array(pixels * 3)
  const paper = paperUnder(data)
  for (let i = 0; i < pixels; i++) {
    const alpha = (data[i * 4 + 3] ?? 255) / 255
    for (let c = 0; c < 3; c++) {
      rgb[i * 3 + c] = Math.round((data[i * 4 + c] ?? 0) * alpha + paper * (1 - alpha))
    }
  }
  return rgb
}

function paperUnder(data: RgbaImage['data']): number {
  let light = 0
  let weight = 0
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] ?? 0
    light += alpha * luminance(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0)
    weight += alpha
  }
  return weight > 0 && light / weight > 127 ? 0 : 255
}

/** Computes how light a colour looks, 0 to 255 (Rec. 601 weights). */
export function luminance(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue
}
