import type { InkImage } from './pixels.js'

/** Computes the centre of an image's ink, in pixels from the middle of the top left pixel. */
export function centerOfMass({ width, height, data }: InkImage): { x: number; y: number } {
  let [mass, sumX, sumY] = [0, 0, 0]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ink = data[y * width + x] ?? 0
      mass += ink
      sumX += ink * x
      sumY += ink * y
    }
  }
  if (mass === 0) return { x: (width - 1) / 2, y: (height - 1) / 2 }
  return { x: sumX / mass, y: sumY / mass }
}
