import { z } from 'zod'

const whole = (about: string, fallback: number) =>
  z.number().int().min(0).default(fallback).describe(about)

/** Options of every data module that has loaders, one by one. */
export const loaderFields = {
  batchSize: z.number().int().min(1).default(128).describe('Training samples a batch'),
  valBatchSize: whole('Validation samples a batch; 0 = as batchSize', 0),
  testBatchSize: whole('Test samples a batch; 0 = as batchSize', 0),
  seed: z.number().int().default(42).describe('Seed of the order of training samples'),
  dropLast: z.boolean().default(false).describe('Leave out a last training batch that is not full'),
  numWorkers: z
    .number()
    .int()
    .min(0)
    .max(256)
    .default(0)
    .describe('Worker threads that make batches; 0 = none'),
}

/** Says how samples come in batches. */
export interface LoaderOptions {
  /** Training samples a batch. Defaults to 128. */
  batchSize: number
  /** Validation samples a batch; 0 = as `batchSize`. Defaults to 0. */
  valBatchSize: number
  /** Test samples a batch; 0 = as `batchSize`. Defaults to 0. */
  testBatchSize: number
  /** Seed of the order of training samples, and of what is random about them. Defaults to 42. */
  seed: number
  /** Whether a last training batch that is not full is left out. Defaults to false. */
  dropLast: boolean
  /** Worker threads that make batches; 0 = none. Defaults to 0. */
  numWorkers: number
}
