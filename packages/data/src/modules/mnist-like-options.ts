import { z } from 'zod'
import { augmentFields, type AugmentOptions } from '../augment/augment-options.js'
import { loaderFields, type LoaderOptions } from './loader-options.js'
import { pixelFields, type PixelOptions } from './pixel-options.js'

const whole = (about: string, fallback: number) =>
  z.number().int().min(0).default(fallback).describe(about)

/** Makes the zod schema that MNIST and its kin share; each gives its own sizes and default of `normalize`. */
export function mnistLikeSchema(defaults: {
  trainSize: number
  valSize: number
  normalize: boolean
  stats: string
}) {
  return z.strictObject({
    ...loaderFields,
    trainSize: whole('Training images, drawn from the training file', defaults.trainSize),
    valSize: whole('Validation images, drawn from the training file', defaults.valSize),
    splitSeed: z
      .number()
      .int()
      .default(42)
      .describe('Seed of the split in training and validation'),
    normalize: z
      .boolean()
      .default(defaults.normalize)
      .describe(`Subtract the mean and divide by the deviation (${defaults.stats})`),
    ...pixelFields,
    ...augmentFields,
  })
}

/** Sets up MNIST and its kin. Every field has a default. */
export interface MnistLikeOptions extends LoaderOptions, PixelOptions, AugmentOptions {
  /** Training images. Defaults to 55,000 (MNIST) or 50,000 (FashionMNIST). */
  trainSize: number
  /** Validation images. Defaults to 5,000 (MNIST) or 10,000 (FashionMNIST). */
  valSize: number
  /** Seed of the split. Defaults to 42. */
  splitSeed: number
  /** Whether pixels get mean 0 and deviation 1. Defaults to true for MNIST, false for FashionMNIST. */
  normalize: boolean
}
