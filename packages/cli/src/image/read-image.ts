import { usageError } from '../errors/cli-error.js'
import type { RgbaImage } from './pixels.js'

/** The most that is looked at; larger pictures are reduced while they are decoded. */
const most = { single: { width: 1024, height: 1024 }, line: { width: 16_384, height: 112 } }

/**
 * Decodes a picture file (PNG, JPEG, WebP, GIF, TIFF, SVG …), upright by its EXIF mark.
 *
 * @throws CliError when there is no such file; VizError when it holds no picture, or one beyond the limits of
 *   `readImage` of `@ductus/viz`
 */
export async function readImage(
  path: string,
  kind: 'single' | 'line' = 'single',
): Promise<RgbaImage> {
  const { existsSync, statSync } = await import('node:fs')
  if (!existsSync(path)) throw usageError(`Image: there is no file "${path}".`)
  if (statSync(path).isDirectory()) {
    throw usageError(`Image: expected a picture, received the folder "${path}".`)
  }
  const viz = await import('@ductus/viz')
  return viz.readImage(path, { channels: 4, within: most[kind] })
}
