import { mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import type { Theme, ThemeName } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { toHtml } from './html-page.js'
import { joinPictures } from './join-pictures.js'
import type { Picture } from './picture.js'
import { toGif } from './to-gif.js'
import { toPng } from './to-png.js'

/**
 * Writes a picture to a file, its kind told by the ending: .svg, .png, .html, or .gif for one that moves. Of several
 * pictures HTML has a figure each; the other kinds set them below one another.
 */
export async function savePicture(
  picture: Picture | readonly Picture[],
  path: string,
  options: { scale?: number; title?: string; theme?: ThemeName | Theme } = {},
): Promise<void> {
  const ending = extname(path).toLowerCase()
  const list: readonly Picture[] = 'svg' in picture ? [picture] : picture
  const content = /^\.html?$/.test(ending)
    ? toHtml(list, options.title)
    : await contentOf(joinPictures(list, options), ending, path, options)
  await writeWhole(path, content)
}

async function contentOf(
  picture: Picture,
  ending: string,
  path: string,
  options: { scale?: number },
): Promise<string | Buffer> {
  if (ending === '.svg') return `<?xml version="1.0" encoding="UTF-8"?>\n${picture.svg}\n`
  if (ending === '.png') return toPng(picture, options)
  if (ending === '.gif') return toGif(picture, options)
  throw new VizError(
    'argument',
    `Picture: expected a file ending in .svg, .png, .html or .gif, received "${path}". Change the ending.`,
  )
}

/** Writes a file under a temporary name and renames it, so that nobody reads half of it. */
export async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  const part = `${path}.${process.pid}.part`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(part, content)
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined)
    const why = cause instanceof Error ? cause.message : String(cause)
    const full =
      (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? await missing(path, content) : ''
    throw new VizError('output', `Picture: could not write "${path}": ${why}.${full}`, cause)
  }
}

/** Says how much room a full disk lacks. */
async function missing(path: string, content: string | Buffer): Promise<string> {
  const bytes = Buffer.byteLength(content)
  const { bavail, bsize } = await statfs(dirname(path))
  return ` It needs ${bytes} bytes, and the disk has ${bavail * bsize}. Free some room, or name another folder.`
}
