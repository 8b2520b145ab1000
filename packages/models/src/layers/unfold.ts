import { foldPatches, unfoldPatches, type Pair, type WindowGeometry } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { ModelError } from '../model-error.js'
import { outputLength, pair } from './padding.js'

/** How a window goes over an image. */
export interface UnfoldOptions {
  /** Side of the window, or `[height, width]`, in pixels. */
  readonly kernelSize: Pair
  /** Defaults to 1. */
  readonly strides?: Pair
  /** Zeros on every side. Defaults to 0. */
  readonly padding?: Pair
  /** Distance of neighbouring taps. Defaults to 1. */
  readonly dilation?: Pair
}

/** Options of {@link fold}. */
export interface FoldOptions extends UnfoldOptions {
  /** `[height, width]` of the image to make. */
  readonly outputSize: readonly [number, number]
}

/**
 * Lays out every window of an image as a column (im2col): `[height, width, channels]` to `[kernel values, windows]`,
 * a batch `[batch, height, width, channels]` to `[batch, kernel values, windows]`. A column's values run over the
 * window's rows, columns and channels, as a kernel's do. Differentiable.
 *
 * @example unfold(tf.zeros([28, 28, 1]), { kernelSize: 3 }).shape // [9, 676]
 */
export function unfold(x: tf.Tensor, options: UnfoldOptions): tf.Tensor {
  if (x.rank === 3) {
    return tf.tidy(() => tf.squeeze(unfold(tf.expandDims(x, 0), options), [0]))
  }
  return tf.tidy(() => {
    const patches = windowPatches(x as tf.Tensor4D, options)
    const [batch, height, width, values] = patches.shape
    return tf.transpose(tf.reshape(patches, [batch, height * width, values]), [0, 2, 1])
  })
}

/**
 * Puts columns back in their places, adding where windows overlap: the transpose of {@link unfold}, from
 * `[kernel values, windows]` to `[height, width, channels]`, or with a batch before. Differentiable.
 *
 * @throws ModelError `BAD_SHAPE` when the columns don't make up whole channels or another number of windows
 */
export function fold(columns: tf.Tensor, options: FoldOptions): tf.Tensor {
  if (columns.rank === 2) {
    return tf.tidy(() => tf.squeeze(fold(tf.expandDims(columns, 0), options), [0]))
  }
  const geometry = resolve(options)
  const [batch, values, windows] = columns.shape as [number, number, number]
  const [height, width] = outputSize(options.outputSize, geometry)
  const channels = values / (geometry.kernel[0] * geometry.kernel[1])
  if (!Number.isInteger(channels) || windows !== height * width) {
    throw new ModelError(
      'BAD_SHAPE',
      `fold: expected columns of ${geometry.kernel[0]}·${geometry.kernel[1]} values a channel and ` +
        `${height * width} windows, received [${columns.shape.join(', ')}]. Unfold with the same options.`,
    )
  }
  return tf.tidy(() => {
    const patches = tf.reshape(tf.transpose(columns, [0, 2, 1]), [batch, height, width, values])
    return foldPatches(patches as tf.Tensor4D, geometry, options.outputSize)
  })
}

/** Lays out windows as `[batch, height, width, kernel values]`: {@link unfold} before the turn. */
export function windowPatches(x: tf.Tensor4D, options: UnfoldOptions): tf.Tensor4D {
  const geometry = resolve(options)
  outputSize([x.shape[1], x.shape[2]], geometry)
  return unfoldPatches(x, geometry)
}

function resolve({
  kernelSize,
  strides = 1,
  padding = 0,
  dilation = 1,
}: UnfoldOptions): WindowGeometry {
  return {
    kernel: pair(kernelSize),
    strides: pair(strides),
    padding: pair(padding),
    dilation: pair(dilation),
  }
}

function outputSize(size: readonly [number, number], geometry: WindowGeometry): [number, number] {
  return [0, 1].map((i) => {
    const axis = {
      kernel: geometry.kernel[i]!,
      stride: geometry.strides[i]!,
      dilation: geometry.dilation[i]!,
    }
    const length = outputLength(size[i]!, axis, geometry.padding[i]!)!
    if (length > 0) return length
    throw new ModelError(
      'BAD_SHAPE',
      `unfold: expected an image that the window fits into, received ${size.join('×')}. ` +
        'Use a larger image, more padding or a smaller window.',
    )
  }) as [number, number]
}
