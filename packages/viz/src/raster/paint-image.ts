import { element } from '../svg/element.js'
import { colourAt, type ColourMapName } from '../theme/colour-map.js'
import { VizError } from '../viz-error.js'
import { encodePng } from './encode-png.js'
import { checkImage, rangeOf, type PixelImage, type PixelRange } from './pixel-image.js'

export interface PaintOptions {
  /** Defaults to what the values suggest: 0–255, 0–1, or smallest to largest. */
  range?: PixelRange
  /** For one channel. Defaults to grey. */
  colours?: ColourMapName
}

/** What a value that is no number is painted with: magenta, found in no map of ours. */
export const notANumberColour: readonly [number, number, number] = [255, 0, 200]

/** Turns an image's numbers into bytes for the screen: grey (1 channel) or RGB. Values outside the range are clamped. */
export function paintPixels(
  image: PixelImage,
  options: PaintOptions = {},
): { pixels: Uint8Array; channels: 1 | 3; notNumbers: number } {
  checkImage(image, 'Image')
  const { data, height, width, channels = 1 } = image
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new VizError(
      'image',
      `Image: expected 1 (grey), 3 (RGB) or 4 (RGBA) channels, received ${channels}. ` +
        'Draw feature maps with featureMaps, or pick one channel.',
    )
  }
  const [low, high] = options.range ?? rangeOf([image])
  const scale = high > low ? 255 / (high - low) : 0
  const { colours = 'grey' } = options
  const count = height * width
  let notNumbers = 0
  const plain = channels === 1 && colours === 'grey' && !hasNaN(data)
  if (plain) {
    const pixels = new Uint8Array(count)
    for (let i = 0; i < count; i++) pixels[i] = byte(((data[i] ?? 0) - low) * scale)
    return { pixels, channels: 1, notNumbers }
  }
  const pixels = new Uint8Array(count * 3)
  const table =
    channels === 1 ? Array.from({ length: 256 }, (_u, i) => colourAt(colours, i / 255)) : []
  for (let i = 0; i < count; i++) {
    const values =
      channels === 1 ? [data[i] ?? 0] : [0, 1, 2].map((c) => data[i * channels + c] ?? 0)
    let rgb: readonly number[]
    if (values.some(Number.isNaN)) {
      notNumbers++
      rgb = notANumberColour
    } else {
      const bytes = values.map((v) => byte((v - low) * scale))
      rgb = channels === 1 ? (table[bytes[0] ?? 0] ?? [0, 0, 0]) : bytes
    }
    pixels.set(rgb, i * 3)
  }
  return { pixels, channels: 3, notNumbers }
}

/** Writes an image as an SVG `<image>` of width × height pixels with hard pixel edges. */
export function imageElement(
  image: PixelImage,
  box: { x: number; y: number; width: number; height: number },
  options: PaintOptions = {},
): string {
  const { pixels, channels } = paintPixels(image, options)
  return pngElement(encodePng(pixels, image.width, image.height, channels), box)
}

/** Embeds a PNG file in an SVG, scaled without smoothing. */
export function pngElement(
  png: Buffer,
  box: { x: number; y: number; width: number; height: number },
  smooth = false,
): string {
  return element('image', {
    ...box,
    preserveAspectRatio: 'none',
    style: smooth ? undefined : 'image-rendering:pixelated',
    'image-rendering': smooth ? undefined : 'pixelated',
    'xlink:href': `data:image/png;base64,${png.toString('base64')}`,
  })
}

function hasNaN(data: ArrayLike<number>): boolean {
  for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) return true
  return false
}

function byte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value)
}
