import type { InkImage } from '../image/pixels.js'

const ramp = ' .:-=+*#%@'

/** Draws an image in characters, two a pixel so that it looks square. Values from 0 (blank) to 1 (full). */
export function inkArt({ width, height, data }: InkImage): string {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const level = Math.floor((data[y * width + x] ?? 0) * ramp.length)
      return (ramp[Math.min(ramp.length - 1, Math.max(0, level))] ?? ' ').repeat(2)
    })
      .join('')
      .trimEnd(),
  ).join('\n')
}
