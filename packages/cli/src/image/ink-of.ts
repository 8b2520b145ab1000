import { failure } from '../errors/cli-error.js'
import { backgroundColour } from './background-colour.js'
import type { Polarity, Rgb } from './background-colour.js'
import { flatten } from './flatten.js'
import { blankInk } from './pixels.js'
import type { InkImage, RgbaImage } from './pixels.js'

/** Least distance in colour, of 441, that counts as ink: less is noise of a blank picture. */
const leastContrast = 12

/** Share of the pixels that may be specks of some other colour. */
const specksShare = 0.0005

/**
 * Finds the ink of a picture: how far each pixel's colour lies from the background's towards the ink's. So it makes
 * no difference whether the ink is dark or light, or which colours ink and paper have.
 *
 * @param polarity says what is ink where the border does not tell
 * @throws CliError when the picture is of one colour
 */
export function inkOf(image: RgbaImage, polarity: Polarity = 'auto'): InkImage {
  const { width, height } = image
  const rgb = flatten(image)
  const background = backgroundColour(rgb, width, height, polarity)
  const direction = inkDirection(rgb, background)
  const ink = blankInk(width, height)
  const length = Math.hypot(...direction)
  if (length < leastContrast) {
    throw failure('predict: expected ink on a background, received a picture of one colour.')
  }
  for (let i = 0; i < ink.data.length; i++) {
    let along = 0
    for (let c = 0; c < 3; c++)
      along += (at(rgb, i, c) - channel(background, c)) * channel(direction, c)
    ink.data[i] = Math.min(1, Math.max(0, along / (length * length)))
  }
  return withoutNoise(ink)
}

/** The mean way from the background's colour to that of the pixels farthest from it, single specks left out. */
function inkDirection(rgb: Uint8Array, background: Rgb): Rgb {
  const distances = new Uint16Array(rgb.length / 3)
  const counts = new Uint32Array(443)
  for (let i = 0; i < distances.length; i++) {
    const distance = Math.round(
      Math.hypot(
        at(rgb, i, 0) - background[0],
        at(rgb, i, 1) - background[1],
        at(rgb, i, 2) - background[2],
      ),
    )
    distances[i] = distance
    counts[distance] = (counts[distance] ?? 0) + 1
  }
  const specks = Math.max(2, distances.length * specksShare)
  let farthest = counts.length
  for (let seen = 0; seen < specks && farthest > 0;) seen += counts[--farthest] ?? 0
  const sum: Rgb = [0, 0, 0]
  let count = 0
  for (let i = 0; i < distances.length; i++) {
    if ((distances[i] ?? 0) < farthest * 0.8) continue
    count += 1
    for (let c = 0; c < 3; c++) sum[c as 0] += at(rgb, i, c) - channel(background, c)
  }
  return count === 0 ? sum : [sum[0] / count, sum[1] / count, sum[2] / count]
}

/** Takes the paper's grain away: what nine tenths of the border bear, up to a third of full ink. */
function withoutNoise(ink: InkImage): InkImage {
  const { width, height, data } = ink
  const border: number[] = []
  for (let x = 0; x < width; x++) border.push(data[x] ?? 0, data[(height - 1) * width + x] ?? 0)
  for (let y = 0; y < height; y++)
    border.push(data[y * width] ?? 0, data[y * width + width - 1] ?? 0)
  border.sort((a, b) => a - b)
  const floor = Math.min(1 / 3, border[Math.floor(border.length * 0.9)] ?? 0)
  if (floor > 0) {
    for (let i = 0; i < data.length; i++)
      data[i] = Math.max(0, ((data[i] ?? 0) - floor) / (1 - floor))
  }
  return ink
}

function at(rgb: Uint8Array, pixel: number, c: number): number {
  return rgb[pixel * 3 + c] ?? 0
}

function channel(colour: Rgb, c: number): number {
  return colour[c as 0]
}
