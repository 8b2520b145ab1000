import { z } from 'zod'

/** Options of the {@link CNN}. */
export interface CNNOptions {
  /** Channels of each convolution. Defaults to 64. */
  convDim: number
  /** Width of the hidden layer. Defaults to 128. */
  fcDim: number
  /** Share of the pooled values that training drops; 0 leaves the dropout out. Defaults to 0.25. */
  fcDropout: number
}

export const cnnOptions = z.object({
  convDim: z.int().min(1).default(64).describe('channels of each convolution'),
  fcDim: z.int().min(1).default(128).describe('width of the hidden layer'),
  fcDropout: z.number().min(0).max(1).default(0.25).describe('dropout after pooling (0 = none)'),
})
