import { outlineText } from '../text/outline-text.js'
import { VizError } from '../viz-error.js'
import type { Picture } from './picture.js'

/** The longest side of a PNG: what common viewers open. */
const maxSide = 16_384

/**
 * Renders a picture to PNG, text as outlines of the bundled font, so it reads the same on a machine without fonts.
 * `scale` is pixels per SVG pixel. Defaults to 2; lowered where the result would pass 16,384 pixels a side.
 */
export async function toPng(picture: Picture, options: { scale?: number } = {}): Promise<Buffer> {
  const { scale = 2 } = options
  if (!(scale > 0)) {
    throw new VizError('argument', `PNG: expected a scale above 0, received ${scale}. Try 1 or 2.`)
  }
  const fitting = Math.min(scale, maxSide / Math.max(picture.width, picture.height))
  const { default: sharp } = await import('sharp')
  try {
    return await sharp(Buffer.from(outlineText(picture.svg)), {
      density: 72 * fitting,
      unlimited: true,
    })
      .png({ compressionLevel: 6 })
      .toBuffer()
  } catch (cause) {
    throw new VizError('output', `PNG: could not render "${picture.title}".`, cause)
  }
}
