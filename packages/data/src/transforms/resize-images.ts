import type { IdxImages } from '../formats/idx.js'

/**
 * Brings images to another size by linear interpolation; when they shrink, the filter grows with the ratio so that
 * every pixel counts (antialiased, as image libraries do). Bytes in, rounded bytes out, `[count, height, width]`.
 */
export function resizeImages(images: IdxImages, to: { height: number; width: number }): Uint8Array {
  if (images.height === to.height && images.width === to.width) return images.pixels
  const across = weightsOf(images.width, to.width)
  const down = weightsOf(images.height, to.height)
  const out = new Uint8Array(images.count * to.height * to.width)
  const rows = new Float32Array(images.height * to.width)
  const inSize = images.height * images.width
  for (let image = 0; image < images.count; image++) {
    const from = image * inSize
    for (let r = 0; r < images.height; r++) {
      for (let c = 0; c < to.width; c++) {
        const tap = across[c] as Taps
        let sum = 0
        for (let k = 0; k < tap.weights.length; k++) {
          const pixel = images.pixels[from + r * images.width + tap.start + k] as number
          sum += pixel * (tap.weights[k] as number)
        }
        rows[r * to.width + c] = sum
      }
    }
    const base = image * to.height * to.width
    for (let r = 0; r < to.height; r++) {
      const tap = down[r] as Taps
      for (let c = 0; c < to.width; c++) {
        let sum = 0
        for (let k = 0; k < tap.weights.length; k++) {
          sum += (rows[(tap.start + k) * to.width + c] as number) * (tap.weights[k] as number)
        }
        out[base + r * to.width + c] = Math.round(sum)
      }
    }
  }
  return out
}

interface Taps {
  start: number
  weights: Float64Array
}

/** Triangle filter with pixel centres at halves; its weights add up to 1. */
function weightsOf(from: number, to: number): Taps[] {
  const ratio = from / to
  const reach = Math.max(1, ratio)
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * ratio
    const start = Math.max(0, Math.floor(centre - reach + 0.5))
    const end = Math.min(from, Math.floor(centre + reach + 0.5))
    const weights = Float64Array.from({ length: end - start }, (_, k) =>
      Math.max(0, 1 - Math.abs(start + k + 0.5 - centre) / reach),
    )
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { start, weights: weights.map((weight) => weight / sum) }
  })
}
