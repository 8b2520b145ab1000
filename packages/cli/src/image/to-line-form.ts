import { inkBox } from './ink-box.js'
import { blankInk } from './pixels.js'
import type { InkImage } from './pixels.js'
import { resample } from './resample.js'

/** Rows that the ink of an EMNIST line spans, of 28: 93 of 100 lines of eight characters are so high (measured). */
const inkRows = 24 / 28

/** Columns before the ink of a line's first character, of 28: EMNIST's median. */
export const usualMargin = 4 / 28

/**
 * Brings ink to the form of synthetic lines: 28 pixels high, the ink over 24 of them, the first character's after 4.
 * A picture that is as high already is taken for such a line and stays as it is.
 *
 * @param margin what is left free before the first ink, as a share of the height
 * @returns as wide as the text is long
 */
export function toLineForm(ink: InkImage, height = 28, margin = usualMargin): InkImage {
  if (ink.height === height) return ink
  const bounds = inkBox(ink)
  const rows = Math.max(1, Math.round(inkRows * height))
  const columns = Math.max(1, Math.round((bounds.width * rows) / bounds.height))
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
