import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { VizError } from '../viz-error.js'
import { parseFont, type FontFile } from './font-file.js'

export type FontWeight = 400 | 600

const fileNames: Record<FontWeight, string> = {
  400: 'inter-regular.ttf',
  600: 'inter-semibold.ttf',
}
const fonts = new Map<FontWeight, FontFile>()

/** Reads the bytes of a bundled font (Inter, SIL Open Font License). */
export function bundledFontBytes(weight: FontWeight): Buffer {
  return readFileSync(join(fontFolder(), fileNames[weight]))
}

/** Gives a bundled font, parsed once a process. */
export function bundledFont(weight: FontWeight): FontFile {
  let font = fonts.get(weight)
  if (!font) {
    font = parseFont(bundledFontBytes(weight))
    fonts.set(weight, font)
  }
  return font
}

/** The sources lie deeper below the package's root than the built files, so the way up is searched. */
function fontFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (let i = 0; i < 4; i++, folder = dirname(folder)) {
    const candidate = join(folder, 'assets', 'fonts')
    if (existsSync(candidate)) return candidate
  }
  throw new VizError(
    'font',
    'Font: expected assets/fonts in the folder of @ductus/viz, found none. Install the package again.',
  )
}
