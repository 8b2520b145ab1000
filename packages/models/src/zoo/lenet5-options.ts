import { z } from 'zod'

/** Options of the {@link LeNet5}. */
export interface LeNet5Options {
  /** Defaults to `sigmoid`. */
  activation: 'sigmoid' | 'tanh' | 'relu'
  /** Share that training drops before each layer but the first; 0 leaves the dropouts out. Defaults to 0.001. */
  dropout: number
}

export const leNet5Options = z.object({
  activation: z.enum(['sigmoid', 'tanh', 'relu']).default('sigmoid').describe('activation'),
  dropout: z
    .number()
    .min(0)
    .max(1)
    .default(0.001)
    .describe('dropout before each layer but the first (0 = none)'),
})
