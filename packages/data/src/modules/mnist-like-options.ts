import { z } from 'zod'

const size = (about: string, fallback: number) =>
  z.number().int().min(0).default(fallback).describe(about)

/** Makes the zod schema that MNIST and its kin share; each gives its own sizes and default of `normalize`. */
export function mnistLikeSchema(defaults: {
  trainSize: number
  valSize: number
  normalize: boolean
  stats: string
}) {
  return z.strictObject({
    batchSize: z.number().int().min(1).default(128).describe('Training images a batch'),
    valBatchSize: size('Validation images a batch; 0 = as batchSize', 0),
    testBatchSize: size('Test images a batch; 0 = as batchSize', 0),
    trainSize: size('Training images, drawn from the training file', defaults.trainSize),
    valSize: size('Validation images, drawn from the training file', defaults.valSize),
    splitSeed: z
      .number()
      .int()
      .default(42)
      .describe('Seed of the split in training and validation'),
    seed: z.number().int().default(42).describe('Seed of the order of training images'),
    normalize: z
      .boolean()
      .default(defaults.normalize)
      .describe(`Subtract the mean and divide by the deviation (${defaults.stats})`),
    pixelScale: z
      .number()
      .refine((value) => value === 255 || value === 256, 'expected 255 or 256')
      .default(255)
      .describe('A byte is divided by this: 255 or 256'),
    first: size('Train on the first n training images in file order; 0 = all', 0),
    resize: size('Side in pixels that images are brought to; 0 = 28, as they are', 0),
    dropLast: z
      .boolean()
      .default(false)
      .describe('Leave out a last training batch that is not full'),
    numWorkers: size('Worker threads that make batches; 0 = none', 0),
  })
}

/** Sets up MNIST and its kin. Every field has a default. */
export interface MnistLikeOptions {
  /** Training images a batch. Defaults to 128. */
  batchSize: number
  /** Validation images a batch; 0 = as `batchSize`. Defaults to 0. */
  valBatchSize: number
  /** Test images a batch; 0 = as `batchSize`. Defaults to 0. */
  testBatchSize: number
  /** Training images. Defaults to 55,000 (MNIST) or 50,000 (FashionMNIST). */
  trainSize: number
  /** Validation images. Defaults to 5,000 (MNIST) or 10,000 (FashionMNIST). */
  valSize: number
  /** Seed of the split. Defaults to 42. */
  splitSeed: number
  /** Seed of the order of training images. Defaults to 42. */
  seed: number
  /** Whether pixels get mean 0 and deviation 1. Defaults to true for MNIST, false for FashionMNIST. */
  normalize: boolean
  /** A byte is divided by this: 255 or 256. Defaults to 255. */
  pixelScale: number
  /** Trains on the first n images in file order; 0 = all. Defaults to 0. */
  first: number
  /** Side in pixels that images are brought to; 0 = as they are. Defaults to 0. */
  resize: number
  /** Whether a last training batch that is not full is left out. Defaults to false. */
  dropLast: boolean
  /** Worker threads that make batches; 0 = none. Defaults to 0. */
  numWorkers: number
}
