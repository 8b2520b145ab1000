import { VizError } from '../viz-error.js'
import { openPicture } from './open-picture.js'
import type { PixelImage } from './pixel-image.js'

/** How `readImage` reads. */
export interface ReadImageOptions {
  /** 1 is grey, 3 is RGB, 4 is RGBA; without alpha, transparency is on white. Defaults to 3, or 1 of a grey picture. */
  channels?: 1 | 3 | 4
  /** Columns to stretch to. */
  width?: number
  /** Rows to stretch to. */
  height?: number
  /** The most columns and rows: a larger picture is reduced and keeps its proportions. */
  within?: { width: number; height: number }
}

/**
 * Reads an image file (PNG, JPEG, WebP, GIF, AVIF, TIFF, SVG) as bytes, upright by its EXIF mark. What is no regular file,
 * or takes more than 256 MB, 268 million pixels, 30 s to decode or (an SVG) 10 s to draw, is refused.
 *
 * @throws VizError `image`
 */
export async function readImage(
  source: string | Uint8Array,
  options: ReadImageOptions = {},
): Promise<PixelImage & { data: Uint8Array }> {
  const name = typeof source === 'string' ? `"${source}"` : 'the bytes given'
  const { channels, width, height, within } = options
  const isStretched = width !== undefined || height !== undefined
  const resize = isStretched
    ? { width, height, fit: 'fill' as const }
    : within && { ...within, fit: 'inside' as const, withoutEnlargement: true }
  try {
    const opened = await openPicture(source, resize)
    const image = channels === 4 ? opened.ensureAlpha() : opened.flatten({ background: '#fff' })
    const { data, info } = await image
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return {
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      height: info.height,
      width: info.width,
      channels: info.channels,
    }
  } catch (cause) {
    throw new VizError(
      'image',
      `Image: expected a picture (PNG, JPEG, WebP …), received ${name}: ${reason(cause)}. Pass a readable image file.`,
      cause,
    )
  }
}

/** The first line of what the decoder says, in plain words where it has none. */
function reason(cause: unknown): string {
  const { message, code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'no permission to read it'
  const [line = ''] = message.split('\n')
  if (line.startsWith('timeout')) return 'it takes too long to decode'
  return line.replace(/\.$/, '')
}
