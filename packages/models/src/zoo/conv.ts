import { Conv2d } from '../layers/conv2d.js'

/** Options of {@link conv}. */
export interface ConvOptions {
  /** In pixels. Defaults to 3. */
  kernelSize?: number
  /** Defaults to 2. */
  stride?: number
  /** Whether ReLU follows. Defaults to true. */
  act?: boolean
  /** Defaults to `conv_in_out`. */
  name?: string
  /** Seed of the initial weights. Defaults to 42. */
  seed?: number
}

/**
 * Makes a convolution with half a kernel of zeros on every side, bias and ReLU: at stride 2 the map is halved.
 *
 * @param inChannels channels that must come in
 * @param outChannels channels out
 * @see fast.ai, Convolutions
 * @example through(input, conv(1, 4), conv(4, 8, { act: false }))
 */
export function conv(
  inChannels: number,
  outChannels: number,
  { kernelSize = 3, stride = 2, act = true, name, seed = 42 }: ConvOptions = {},
): Conv2d {
  return new Conv2d({
    name: name ?? `conv_${inChannels}_${outChannels}`,
    inChannels,
    filters: outChannels,
    kernelSize,
    strides: stride,
    padding: Math.floor(kernelSize / 2),
    activation: act ? 'relu' : 'linear',
    seed,
  })
}
