import { z } from 'zod'

/** Options of the {@link ResNet}. */
export interface ResNetOptions {
  /** Layers with weights, 6n + 2: 8, 14, 20. Defaults to 20. */
  depth: number
  /** Channels of the first stage; the others have twice and four times as many. Defaults to 16. */
  width: number
}

export const resNetOptions = z.object({
  depth: z
    .int()
    .min(8)
    .refine((depth) => depth % 6 === 2, 'expected 8, 14, 20 or another 6n + 2')
    .default(20)
    .describe('number of layers with weights: 8, 14, 20 or another 6n + 2'),
  width: z.int().min(1).default(16).describe('channels of the first of three stages'),
})
