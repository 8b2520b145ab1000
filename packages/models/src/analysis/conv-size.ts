import { ModelError } from '../model-error.js'

/** One axis of a convolution or pooling window, in pixels. */
export interface WindowAxis {
  readonly kernel: number
  /** Step of the window. Defaults to 1. */
  readonly stride?: number | undefined
  /** Zeros on either side. Defaults to 0. */
  readonly padding?: number | undefined
  /** Distance of neighbouring taps. Defaults to 1. */
  readonly dilation?: number | undefined
}

/**
 * Computes the length of a convolution's output along one axis: ⌊(input + 2·padding − dilation·(kernel − 1) − 1) /
 * stride⌋ + 1.
 *
 * @throws ModelError `BAD_SHAPE` when the kernel does not fit in
 * @example convOutputSize(28, { kernel: 5, padding: 2, stride: 2 }) // 14
 */
export function convOutputSize(input: number, axis: WindowAxis): number {
  const { stride = 1, padding = 0 } = axis
  const output = Math.floor((input + 2 * padding - reach(axis)) / stride) + 1
  if (output > 0) return output
  throw new ModelError(
    'BAD_SHAPE',
    `convOutputSize: expected at least ${reach(axis)} pixels with the padding, ` +
      `received ${input} + 2·${padding}. Use a larger input, more padding or a smaller kernel.`,
  )
}

/**
 * Computes the smallest input that gives an output of the given length along one axis.
 *
 * @example convInputSize(32, { kernel: 5 }) // 36
 */
export function convInputSize(output: number, axis: WindowAxis): number {
  const { stride = 1, padding = 0 } = axis
  return (output - 1) * stride + reach(axis) - 2 * padding
}

/**
 * Computes the padding on either side that keeps the size at stride 1: ⌊kernel/2⌋ for an odd kernel.
 *
 * @throws ModelError `BAD_SHAPE` for an even reach, which no symmetric padding keeps
 */
export function samePadding(kernel: number, dilation = 1): number {
  const total = reach({ kernel, dilation }) - 1
  if (total % 2 === 0) return total / 2
  throw new ModelError(
    'BAD_SHAPE',
    `samePadding: expected an odd kernel, received ${kernel} at dilation ${dilation}. ` +
      'An even one needs more zeros on one side than on the other.',
  )
}

/** Pixels from a window's first tap to its last. */
function reach({ kernel, dilation = 1 }: WindowAxis): number {
  return dilation * (kernel - 1) + 1
}
