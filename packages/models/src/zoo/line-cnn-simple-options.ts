import { z } from 'zod'

/** Options of {@link LineCNNSimple}. */
export interface LineCNNSimpleOptions {
  /** Width of a window, in pixels. Defaults to 28. */
  windowWidth: number
  /** Step from window to window, in pixels. Defaults to 28. */
  windowStride: number
  /** Leaves windows beyond the longest line out. Defaults to false. */
  limitOutputLength: boolean
  /** Channels of each convolution. Defaults to 64. */
  convDim: number
  /** Width of the hidden layer. Defaults to 128. */
  fcDim: number
  /** Share of the pooled values that training drops; 0 leaves the dropout out. Defaults to 0.25. */
  fcDropout: number
  /**
   * How many windows train at once; more are cut in chunks, each computed twice, so that a step's memory is bounded.
   * Defaults to 1024: 32 lines of 32 characters.
   */
  windowsAtOnce: number
}

export const lineCNNSimpleOptions = z.object({
  windowWidth: z.int().min(4).default(28).describe('width of a window, in pixels'),
  windowStride: z.int().min(1).default(28).describe('step from window to window, in pixels'),
  limitOutputLength: z
    .boolean()
    .default(false)
    .describe('whether windows beyond the longest line are left out'),
  convDim: z.int().min(1).default(64).describe('channels of each convolution'),
  fcDim: z.int().min(1).default(128).describe('width of the hidden layer'),
  fcDropout: z.number().min(0).max(1).default(0.25).describe('dropout after pooling (0 = none)'),
  windowsAtOnce: z
    .int()
    .min(1)
    .default(1024)
    .describe('windows that train at once; more are cut in chunks, each computed twice'),
})
