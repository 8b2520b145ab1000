import { inkBox } from './ink-box.js'
import { blankInk } from './pixels.js'
import type { InkImage } from './pixels.js'
import { resample } from './resample.js'

/** Rows that the ink of an EMNIST line spans, of 28: 93 of 100 lines of eight characters are so high (measured). */
const inkRows = 24 / 28
/** The same in an enlargement, whose edges are soft: 24.5 ± 0.55 rows (measured). */
const softInkRows = 24.5 / 28

/** Columns before the ink of a line's first character, of 28: EMNIST's median. */
export const usualMargin = 4 / 28

/** Where a line is put, and how wide. */
export interface LinePlace {
  margin?: number
  stretch?: number
}

/**
 * Brings ink to the form of synthetic lines: 28 pixels high, the ink over 24 of them, the first character's after 4.
 * A picture that is as high already is taken for such a line and stays as it is.
 *
 * @param place.margin what is left free before the first ink, as a share of the height. Defaults to EMNIST's median.
 * @param place.stretch what the width is multiplied by: no picture tells to a pixel how large it is. Defaults to 1.
 * @returns as wide as the text is long
 */
export function toLineForm(
  ink: InkImage,
  height = 28,
  { margin = usualMargin, stretch = 1 }: LinePlace = {},
): InkImage {
  if (ink.height === height) return ink
  const bounds = inkBox(ink)
  const rows = Math.max(1, Math.round(inkRows * height))
  const scale = (softInkRows * height * stretch) / bounds.height
  const columns = Math.max(1, Math.round(bounds.width * scale))
  const scaled = resample(ink, bounds, columns, rows)
  const left = Math.round(margin * height)
  const top = Math.floor((height - rows) / 2)
  const line = blankInk(left + columns + Math.round(usualMargin * height), height)
  for (let y = 0; y < rows; y++) {
    line.data.set(
      scaled.data.subarray(y * columns, (y + 1) * columns),
      (y + top) * line.width + left,
    )
  }
  return line
}
