import { luminance } from './flatten.js'

export type Rgb = [number, number, number]

/** What is ink: the darker part, the lighter part, or what the border is not. */
export type Polarity = 'auto' | 'dark-on-light' | 'light-on-dark'

/** Share of the border that must be of one side before the border alone decides. */
const clearMajority = 0.6

/**
 * Finds the colour of the background: the median of the border's pixels; where the border is mixed (a tight crop), the
 * larger of the picture's light and dark parts.
 */
export function backgroundColour(
  rgb: Uint8Array,
  width: number,
  height: number,
  polarity: Polarity,
): Rgb {
  const light = new Float32Array(width * height)
  for (let i = 0; i < light.length; i++) {
    light[i] = luminance(rgb[i * 3] ?? 0, rgb[i * 3 + 1] ?? 0, rgb[i * 3 + 2] ?? 0)
  }
  const border = borderPixels(width, height)
  const threshold = splitOfLight(light)
  const isLight = (i: number) => (light[i] ?? 0) > threshold
  const allOf = (side: boolean) => Array.from(light.keys()).filter((i) => isLight(i) === side)
  if (polarity !== 'auto') {
    const pixels = allOf(polarity === 'dark-on-light')
    return median(rgb, pixels.length > 0 ? pixels : border)
  }
  const lightShare = border.filter(isLight).length / Math.max(1, border.length)
  if (lightShare >= clearMajority || lightShare <= 1 - clearMajority) return median(rgb, border)
  const lightPart = allOf(true)
  return median(rgb, lightPart.length * 2 > light.length ? lightPart : allOf(false))
}

function borderPixels(width: number, height: number): number[] {
  const result: number[] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (y === 0 || y === height - 1 || x === 0 || x === width - 1) result.push(y * width + x)
    }
  }
  return result
}

function median(rgb: Uint8Array, pixels: number[]): Rgb {
  const of = (c: number) => {
    const values = Uint8Array.from(pixels, (i) => rgb[i * 3 + c] ?? 0).sort()
    return values[values.length >> 1] ?? 0
  }
  return [of(0), of(1), of(2)]
}

/** Finds the lightness that parts the picture in two best (Otsu, 1979). */
function splitOfLight(light: Float32Array): number {
  const counts = new Float64Array(256)
  for (const value of light) counts[Math.round(value)] = (counts[Math.round(value)] ?? 0) + 1
  const total = light.length
  const sum = counts.reduce((all, count, value) => all + count * value, 0)
  let below = 0
  let sumBelow = 0
  let best = { between: -1, threshold: 127 }
  for (let value = 0; value < 255; value++) {
    below += counts[value] ?? 0
    sumBelow += value * (counts[value] ?? 0)
    if (below === 0 || below === total) continue
    const gap = sumBelow / below - (sum - sumBelow) / (total - below)
    const between = below * (total - below) * gap * gap
    if (between > best.between) best = { between, threshold: value + 0.5 }
  }
  return best.threshold
}
