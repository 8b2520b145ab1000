import { usageError } from '../errors/cli-error.js'
import type { Polarity } from './background-colour.js'
import { inkOf } from './ink-of.js'
import { inkValues } from './ink-values.js'
import type { InkImage, RgbaImage } from './pixels.js'
import { resample } from './resample.js'
import { toDigitForm } from './to-digit-form.js'
import { toPictureForm } from './to-picture-form.js'

/** How a network's training data were made, as its checkpoint tells it. */
export interface Preprocessing {
  pixelScale: number
  mean?: number | undefined
  std?: number | undefined
  height: number
  width: number
  channels: number
  kind: string
}

/** An image in the network's form, to be looked at and to be fed. */
export interface PreparedImage {
  /** Ink, 0 to 1, at the network's size. */
  ink: InkImage
  /** `[height, width, channels]` values as the network was trained on. */
  values: Float32Array
}

/** Brings a picture to the form of the data that a network was trained on, values included. */
export function prepareImage(
  image: RgbaImage,
  preprocessing: Preprocessing,
  polarity: Polarity = 'auto',
): PreparedImage {
  const { height, width, kind } = preprocessing
  if (kind !== 'digit' && kind !== 'image') {
    throw usageError(
      `predict: expected a network that reads single images, received one of "${kind}".`,
    )
  }
  const ink = inkOf(image, polarity)
  const square = kind === 'digit' ? toDigitForm(ink) : toPictureForm(ink)
  const whole = { left: 0, top: 0, width: square.width, height: square.height }
  const sized =
    width === square.width && height === square.height
      ? square
      : resample(square, whole, width, height)
  return { ink: sized, values: inkValues(sized, preprocessing) }
}
