import { blankInk } from './pixels.js'
import type { Box, InkImage } from './pixels.js'

/**
 * Scales a part of an image to a size: each new pixel is the mean of the area it covers where the image shrinks, and is
 * interpolated between its neighbours where it grows.
 */
export function resample(image: InkImage, box: Box, width: number, height: number): InkImage {
  const columns = weights(box.left, box.width, width, image.width)
  const rows = weights(box.top, box.height, height, image.height)
  const wide = new Float32Array(width * image.height)
  for (const row of new Set(rows.flatMap(({ from, share }) => share.map((_, i) => from + i)))) {
    columns.forEach(({ from, share }, x) => {
      let sum = 0
      for (let i = 0; i < share.length; i++) {
        sum += (share[i] ?? 0) * (image.data[row * image.width + from + i] ?? 0)
      }
      wide[row * width + x] = sum
    })
  }
  const result = blankInk(width, height)
  rows.forEach(({ from, share }, y) => {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let i = 0; i < share.length; i++) {
        sum += (share[i] ?? 0) * (wide[(from + i) * width + x] ?? 0)
      }
      result.data[y * width + x] = sum
    }
  })
  return result
}

/** Which old pixels make up a new one, and how much of each. */
interface Weights {
  from: number
  share: number[]
}

function weights(start: number, length: number, count: number, limit: number): Weights[] {
  const step = length / count
  return Array.from({ length: count }, (_, i) =>
    step > 1
      ? covered(start + i * step, start + (i + 1) * step, limit)
      : between(start + (i + 0.5) * step - 0.5, start, start + length),
  )
}

function covered(low: number, high: number, limit: number): Weights {
  const from = Math.floor(low)
  const to = Math.min(limit, Math.ceil(high - 1e-9))
  const share: number[] = []
  for (let i = from; i < to; i++) share.push(Math.min(high, i + 1) - Math.max(low, i))
  const sum = share.reduce((a, b) => a + b, 0)
  return { from, share: share.map((value) => value / sum) }
}

function between(position: number, first: number, end: number): Weights {
  const clamped = Math.min(Math.max(position, first), end - 1)
  const from = Math.min(Math.floor(clamped), Math.max(first, end - 2))
  const part = clamped - from
  return end - first < 2 ? { from, share: [1] } : { from, share: [1 - part, part] }
}
