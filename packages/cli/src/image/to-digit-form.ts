import { centerOfMass } from './center-of-mass.js'
import { inkBox } from './ink-box.js'
import { blankInk } from './pixels.js'
import type { InkImage } from './pixels.js'
import { resample } from './resample.js'

/**
 * Brings ink to MNIST's form: its bounding box scaled into 20×20 with its aspect kept, laid into 28×28 so that the centre
 * of its mass is the centre of the field (Y. LeCun, C. Cortes, C. Burges: the MNIST database, "the images were centered
 * by computing the center of mass of the pixels").
 *
 * @param box longest side of the scaled ink, pixels
 * @param field side of the square field, pixels
 */
export function toDigitForm(ink: InkImage, box = 20, field = 28): InkImage {
  const bounds = inkBox(ink)
  const scale = box / Math.max(bounds.width, bounds.height)
  const width = Math.max(1, Math.round(bounds.width * scale))
  const height = Math.max(1, Math.round(bounds.height * scale))
  const scaled = resample(ink, bounds, width, height)
  const center = centerOfMass(scaled)
  // MNIST's own digits have their mean at pixel 14.0, 14.0 (measured), not at 13.5.
  const middle = field / 2
  return place(
    scaled,
    field,
    clamp(Math.round(middle - center.x), field - width),
    clamp(Math.round(middle - center.y), field - height),
  )
}

function clamp(offset: number, largest: number): number {
  return Math.min(Math.max(offset, 0), Math.max(0, largest))
}

function place(image: InkImage, field: number, left: number, top: number): InkImage {
  const result = blankInk(field, field)
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      result.data[(y + top) * field + x + left] = image.data[y * image.width + x] ?? 0
    }
  }
  return result
}
