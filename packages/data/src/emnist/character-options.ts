import { z } from 'zod'
import { emnistSplits } from './characters.js'

/** Options of EMNIST that its lines share, one by one. */
export const characterFields = {
  split: z
    .enum(emnistSplits)
    .default('byclass')
    .describe("EMNIST's way to split: byclass has 62 classes, balanced and bymerge 47"),
  emnistFiles: z
    .string()
    .default('')
    .describe('Folder of files with the official names, taken as they are, unverified'),
  balance: z
    .boolean()
    .default(true)
    .describe('Take of each class at most the mean over the classes'),
  labSampling: z
    .boolean()
    .default(false)
    .describe("Balance by the lab's rule: mean over 66 bins, drawn with replacement, each once"),
  trainFraction: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.8)
    .describe('Share of the training file that is trained on; the rest is for validation'),
  splitSeed: z.number().int().default(42).describe('Seed of the balancing and of that split'),
}

/** Says which characters are taken and how they are split. */
export interface CharacterOptions {
  /** EMNIST's way to split its images. Defaults to `byclass`. */
  split: (typeof emnistSplits)[number]
  /** Folder of files of the official names that are taken as they are; '' = the official files. Defaults to ''. */
  emnistFiles: string
  /** Whether each class has at most the mean over the classes. Defaults to true. */
  balance: boolean
  /** Whether to balance by the lab's rule. Defaults to false. */
  labSampling: boolean
  /** Share of the training file that is trained on. Defaults to 0.8. */
  trainFraction: number
  /** Seed of the balancing and of the split. Defaults to 42. */
  splitSeed: number
}
