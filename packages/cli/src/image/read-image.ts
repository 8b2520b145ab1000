import { failure, usageError } from '../errors/cli-error.js'
import type { RgbaImage } from './pixels.js'

/** The most that is looked at; larger pictures are reduced while they are decoded. */
const most = { single: { width: 1024, height: 1024 }, line: { width: 16_384, height: 112 } }

/**
 * Decodes a picture file (PNG, JPEG, WebP, GIF, TIFF, SVG …), upright by its EXIF mark.
 *
 * @throws CliError when there is no such file, or it holds no picture
 */
export async function readImage(
  path: string,
  kind: 'single' | 'line' = 'single',
): Promise<RgbaImage> {
  const { existsSync, statSync } = await import('node:fs')
  if (!existsSync(path)) throw usageError(`Image: there is no file "${path}".`)
  if (statSync(path).isDirectory()) {
    throw usageError(`predict: expected an image, received the folder "${path}".`)
  }
  const { default: sharp } = await import('sharp')
  try {
    const { data, info } = await sharp(path)
      .rotate()
      .resize({ ...most[kind], fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, data }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw failure(`Image: "${path}" is no image that can be read (${reason}).`, cause)
  }
}
