import { z } from 'zod'
import { augmentFields, type AugmentOptions } from '../augment/augment-options.js'
import { characterFields, type CharacterOptions } from '../emnist/character-options.js'
import { loaderFields, type LoaderOptions } from '../modules/loader-options.js'
import type { LineStyle } from './line-style.js'

const count = (about: string, fallback: number) =>
  z.number().int().min(1).default(fallback).describe(about)
const share = (about: string, fallback: number) =>
  z.number().min(0).lt(1).default(fallback).describe(about)

/** Checks EMNISTLines' options; the lab's defaults. */
export const emnistLinesOptions = z.strictObject({
  ...loaderFields,
  maxLength: z
    .number()
    .int()
    .min(3)
    .default(32)
    .describe('Places for characters and tokens in a line'),
  minOverlap: share('Least overlap of neighbours, as a share of 28 pixels', 0),
  maxOverlap: share('Greatest overlap of neighbours, as a share of 28 pixels', 0.33),
  numTrain: count('Training lines', 10_000),
  numVal: count('Validation lines', 2_000),
  numTest: count('Test lines', 2_000),
  withStartEndTokens: z
    .boolean()
    .default(false)
    .describe('Put <S> before and <E> after the text in the target'),
  onTheFly: z
    .boolean()
    .default(false)
    .describe('Write fresh training lines every epoch, and keep none on disk'),
  textFile: z
    .string()
    .default('')
    .describe('Text file that sentences are drawn from, in place of the Brown corpus'),
  unknownCharacters: z
    .enum(['drop', 'error'])
    .default('drop')
    .describe('What becomes of characters in the text that no image stands for'),
  ...characterFields,
  ...augmentFields,
  splitSeed: characterFields.splitSeed.describe('Seed of balancing, split and lines that are kept'),
})

/** Sets up EMNISTLines. Every field has a default. */
export interface EmnistLinesOptions
  extends LoaderOptions, CharacterOptions, LineStyle, AugmentOptions {
  /** Training lines; of an epoch, when they are fresh. Defaults to 10,000. */
  numTrain: number
  /** Validation lines. Defaults to 2,000. */
  numVal: number
  /** Test lines. Defaults to 2,000. */
  numTest: number
  /** Whether training lines are fresh every epoch, by `seed`. Defaults to false: kept on disk, by `splitSeed`. */
  onTheFly: boolean
  /** Text file that sentences are drawn from; '' = the Brown corpus. Defaults to ''. */
  textFile: string
  /** What becomes of characters that no image stands for. Defaults to `drop`. */
  unknownCharacters: 'drop' | 'error'
}
