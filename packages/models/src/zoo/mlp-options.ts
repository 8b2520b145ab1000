import { z } from 'zod'

/** Options of the {@link MLP}. */
export interface MLPOptions {
  /** Width of the first hidden layer; 0 leaves it out. Defaults to 1024. */
  fc1: number
  /** Width of the second hidden layer; 0 leaves it out. Defaults to 128. */
  fc2: number
  /** Share of each hidden layer's values that training drops; 0 leaves the dropout out. Defaults to 0.5. */
  fcDropout: number
}

export const mlpOptions = z.object({
  fc1: z.int().min(0).default(1024).describe('width of the first hidden layer (0 = none)'),
  fc2: z.int().min(0).default(128).describe('width of the second hidden layer (0 = none)'),
  fcDropout: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('dropout after each hidden layer (0 = none)'),
})
