import type { Box, InkImage } from './pixels.js'

/** Finds the smallest box around all pixels that bear at least so much ink; the whole image when none does. */
export function inkBox(image: InkImage, threshold = 0.2): Box {
  const { width, height, data } = image
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((data[y * width + x] ?? 0) < threshold) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  }
  if (right < 0) return { left: 0, top: 0, width, height }
  return { left, top, width: right - left + 1, height: bottom - top + 1 }
}
