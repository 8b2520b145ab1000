import { z } from 'zod'

/** Options of the {@link LeCun1990}. */
export interface LeCun1990Options {
  /** Builds the paper's own: a bias a unit, the second layer's filters on 8 of the 12 maps. Defaults to false. */
  paper: boolean
  /** How weights and biases start: U(±2.4/F), F being a unit's inputs, or N(0, 1). Defaults to `lecun`. */
  init: 'lecun' | 'normal'
  /** 1.716·tanh(2x/3), or tanh. Defaults to `scaledTanh`. */
  activation: 'scaledTanh' | 'tanh'
  /** How the convolutions run: as products of unfolded windows, or as ordinary ones. Defaults to `conv2d`, which is quicker. */
  convolution: 'im2col' | 'conv2d'
}

export const leCun1990Options = z.object({
  paper: z
    .boolean()
    .default(false)
    .describe("whether to build the paper's own: a bias a unit, filters on 8 of 12 maps"),
  init: z
    .enum(['lecun', 'normal'])
    .default('lecun')
    .describe('initial weights: U(±2.4/F) or N(0, 1)'),
  activation: z
    .enum(['scaledTanh', 'tanh'])
    .default('scaledTanh')
    .describe('activation: 1.716·tanh(2x/3) or tanh'),
  convolution: z
    .enum(['im2col', 'conv2d'])
    .default('conv2d')
    .describe('way the convolutions run: as products of unfolded windows, or as ordinary ones'),
})
