import { z } from 'zod'

const amount = (about: string, below?: number) => {
  const number = below === undefined ? z.number().min(0) : z.number().min(0).lt(below)
  return number.default(0).describe(`${about}; 0 = off`)
}

/** Options that vary training images as they are served, one by one; all are off by default. */
export const augmentFields = {
  augmentRotate: amount('Turn training images by up to this many degrees'),
  augmentScale: amount('Scale them by up to this share, bigger or smaller', 1),
  augmentTranslate: amount('Shift them by up to this many pixels'),
  augmentShear: amount('Slant them by up to this many degrees', 90),
  augmentBrightness: amount('Add up to this share of full ink, or take it off'),
  augmentContrast: amount('Stretch or shrink contrast by up to this share', 1),
  augmentBlur: amount('Blur them by a Gaussian of up to this many pixels'),
  augmentNoise: amount('Add Gaussian noise of up to this share of full ink'),
}

/** Says how much training images vary; every amount is the greatest, drawn anew for each image and epoch. */
export interface AugmentOptions {
  /** Degrees. Defaults to 0. */
  augmentRotate: number
  /** Share of the size. Defaults to 0. */
  augmentScale: number
  /** Pixels. Defaults to 0. */
  augmentTranslate: number
  /** Degrees. Defaults to 0. */
  augmentShear: number
  /** Share of full ink. Defaults to 0. */
  augmentBrightness: number
  /** Share of the contrast. Defaults to 0. */
  augmentContrast: number
  /** Pixels. Defaults to 0. */
  augmentBlur: number
  /** Share of full ink. Defaults to 0. */
  augmentNoise: number
}
