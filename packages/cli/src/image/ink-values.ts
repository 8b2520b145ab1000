import type { InkImage } from './pixels.js'
import type { Preprocessing } from './prepare-image.js'

/** Gives ink as the values of a network's input, `[height, width, channels]`: as bytes, scaled and normalised. */
export function inkValues(
  ink: InkImage,
  { channels, pixelScale, mean = 0, std = 1 }: Preprocessing,
): Float32Array {
  const values = new Float32Array(ink.data.length * channels)
  for (let i = 0; i < ink.data.length; i++) {
    const pixel = Math.round((ink.data[i] ?? 0) * 255)
    values.fill((pixel / pixelScale - mean) / std, i * channels, (i + 1) * channels)
  }
  return values
}
