import { z } from 'zod'
import { augmentFields, type AugmentOptions } from '../augment/augment-options.js'
import { loaderFields, type LoaderOptions } from '../modules/loader-options.js'
import { pixelFields, type PixelOptions } from '../modules/pixel-options.js'
import { characterFields, type CharacterOptions } from './character-options.js'

/** Checks EMNIST's options. */
export const emnistOptions = z.strictObject({
  ...loaderFields,
  ...characterFields,
  ...pixelFields,
  ...augmentFields,
})

/** Sets up EMNIST. Every field has a default. */
export interface EmnistOptions
  extends LoaderOptions, CharacterOptions, PixelOptions, AugmentOptions {}
