import { z } from 'zod'

/** Options of {@link LineCNN}. */
export interface LineCNNOptions {
  /** Width of a window, in pixels, a multiple of 8. Defaults to 16. */
  windowWidth: number
  /** Step from window to window, in pixels, a multiple of 8. Defaults to 8. */
  windowStride: number
  /** Leaves windows beyond the longest line out. Defaults to false. */
  limitOutputLength: boolean
  /** Channels of the first convolutions; the last have four times as many. Defaults to 32. */
  convDim: number
  /** Width of the windows' features and of the hidden layer. Defaults to 512. */
  fcDim: number
  /** Share of the hidden layer's values that training drops; 0 leaves the dropout out. Defaults to 0.2. */
  fcDropout: number
  /**
   * How weights start: N(0, 2/F), F being a unit's inputs, with biases of 0; or PyTorch's U(±1/√F), by which little of a
   * line is left after eleven layers, so that CTC hardly begins to learn. Defaults to `he`.
   */
  init: 'he' | 'torch'
}

const pixels = (pixels: number) => z.int().min(8).multipleOf(8).default(pixels)

export const lineCNNOptions = z.object({
  windowWidth: pixels(16).describe('width of a window, in pixels, a multiple of 8'),
  windowStride: pixels(8).describe('step from window to window, in pixels, a multiple of 8'),
  limitOutputLength: z
    .boolean()
    .default(false)
    .describe('whether windows beyond the longest line are left out'),
  convDim: z
    .int()
    .min(1)
    .default(32)
    .describe('channels of the first convolutions; the last have 4 times as many'),
  fcDim: z
    .int()
    .min(1)
    .default(512)
    .describe("width of the windows' features and of the hidden layer"),
  fcDropout: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('dropout after the hidden layer (0 = none)'),
  init: z
    .enum(['he', 'torch'])
    .default('he')
    .describe("initial weights: N(0, 2/F), or PyTorch's U(±1/√F)"),
})
