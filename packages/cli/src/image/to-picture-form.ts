import { inkBox } from './ink-box.js'
import { blankInk } from './pixels.js'
import type { InkImage } from './pixels.js'
import { resample } from './resample.js'

/** Brings a picture of a thing to FashionMNIST's form: its bounding box scaled to fill the field, centred, on black. */
export function toPictureForm(ink: InkImage, field = 28): InkImage {
  const bounds = inkBox(ink, 0.05)
  const scale = field / Math.max(bounds.width, bounds.height)
  const width = Math.max(1, Math.round(bounds.width * scale))
  const height = Math.max(1, Math.round(bounds.height * scale))
  const scaled = resample(ink, bounds, width, height)
  const result = blankInk(field, field)
  const [left, top] = [(field - width) >> 1, (field - height) >> 1]
  for (let y = 0; y < height; y++) {
    result.data.set(scaled.data.subarray(y * width, (y + 1) * width), (y + top) * field + left)
  }
  return result
}
