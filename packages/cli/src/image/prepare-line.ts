import type { Polarity } from './background-colour.js'
import { cutLine } from './cut-line.js'
import { inkOf } from './ink-of.js'
import type { InkImage, RgbaImage } from './pixels.js'
import type { PreparedImage, Preprocessing } from './prepare-image.js'
import { toLineForm, type LinePlace } from './to-line-form.js'
import { inkValues } from './ink-values.js'

/** A line in the network's form: one piece, or several where it is longer than the network's lines. */
export interface PreparedLine {
  /** Ink, 0 to 1, as high as the network's lines and as wide as it is. */
  ink: InkImage
  /** Each with the column of `ink` that it begins at. */
  pieces: (PreparedImage & { left: number })[]
}

/**
 * Brings a picture of a line, of any height, polarity, margin and colour, to the form of the data that a network was
 * trained on.
 */
export function prepareLine(
  image: RgbaImage,
  preprocessing: Preprocessing,
  polarity: Polarity = 'auto',
  place?: LinePlace,
): PreparedLine {
  const { height, width } = preprocessing
  const ink = toLineForm(inkOf(image, polarity), height, place)
  const pieces = cutLine(ink, width).map((piece) => ({
    ...piece,
    values: inkValues(piece.ink, preprocessing),
  }))
  return { ink, pieces }
}
