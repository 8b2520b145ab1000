import { VizError } from '../viz-error.js'
import type { PixelImage } from './pixel-image.js'

/** Reads an image file (PNG, JPEG, WebP, GIF, AVIF, TIFF, SVG) as bytes, grey (1 channel) or RGB; transparency on white. */
export async function readImage(
  source: string | Uint8Array,
  options: { channels?: 1 | 3; width?: number; height?: number } = {},
): Promise<PixelImage> {
  const { default: sharp } = await import('sharp')
  const name = typeof source === 'string' ? `"${source}"` : 'the bytes given'
  try {
    let image = sharp(source).flatten({ background: '#fff' })
    if (options.width !== undefined || options.height !== undefined) {
      image = image.resize(options.width ?? null, options.height ?? null, { fit: 'fill' })
    }
    const { data, info } = await image
      .toColourspace(options.channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    return {
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      height: info.height,
      width: info.width,
      channels: info.channels,
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new VizError(
      'image',
      `Image: expected a picture (PNG, JPEG, WebP …), received ${name}: ${why}. Pass a readable image file.`,
      cause,
    )
  }
}
