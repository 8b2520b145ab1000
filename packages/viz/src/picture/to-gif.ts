import { VizError } from '../viz-error.js'
import type { Picture } from './picture.js'
import { toPng } from './to-png.js'

/** Renders a picture's frames as an animated GIF that loops; `delayMs` a frame. Defaults to 900 ms, scale 1. */
export async function toGif(
  picture: Picture,
  options: { delayMs?: number; scale?: number } = {},
): Promise<Buffer> {
  const { delayMs = 900, scale = 1 } = options
  const frames = picture.frames ?? [picture]
  const { default: sharp } = await import('sharp')
  const pages: Buffer[] = []
  for (const frame of frames) pages.push(await toPng(frame, { scale }))
  try {
    const only = pages.length === 1 ? pages[0] : undefined
    if (only) return await sharp(only).gif().toBuffer()
    return await sharp(pages, { join: { animated: true } })
      .gif({ loop: 0, delay: frames.map(() => delayMs) })
      .toBuffer()
  } catch (cause) {
    throw new VizError('output', `GIF: could not render "${picture.title}".`, cause)
  }
}
