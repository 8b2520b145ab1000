import type { Pair } from '@ductus/backend'
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
    return addPatches(patches as tf.Tensor4D, geometry, options.outputSize)
  })
}

/** Lays out windows as `[batch, height, width, kernel values]`: {@link unfold} before the turn. */
export function windowPatches(x: tf.Tensor4D, options: UnfoldOptions): tf.Tensor4D {
  const geometry = resolve(options)
  const [, height, width] = x.shape
  return takePatches(x, geometry, [height, width])
}

interface Geometry {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
}

function resolve({ kernelSize, strides = 1, padding = 0, dilation = 1 }: UnfoldOptions): Geometry {
  return {
    kernel: pair(kernelSize),
    strides: pair(strides),
    padding: pair(padding),
    dilation: pair(dilation),
  }
}

function outputSize(size: readonly [number, number], geometry: Geometry): [number, number] {
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

function takePatches(
  x: tf.Tensor4D,
  geometry: Geometry,
  size: readonly [number, number],
): tf.Tensor4D {
  const [height, width] = outputSize(size, geometry)
  const [above, left] = geometry.padding
  const op = tf.customGrad<tf.Tensor4D>((...[image]) => {
    const padded = tf.pad(image as tf.Tensor, [
      [0, 0],
      [above, above],
      [left, left],
      [0, 0],
    ])
    const taps = places(geometry).map(([row, column]) => {
      const end = [
        padded.shape[0],
        row + (height - 1) * geometry.strides[0] + 1,
        column + (width - 1) * geometry.strides[1] + 1,
        padded.shape[3]!,
      ]
      return tf.stridedSlice(padded, [0, row, column, 0], end, [1, ...geometry.strides, 1])
    })
    return {
      value: (taps.length === 1 ? taps[0]! : tf.concat(taps, 3)) as tf.Tensor4D,
      gradFunc: (dy: tf.Tensor) => addPatches(dy as tf.Tensor4D, geometry, size),
    }
  })
  return op(x)
}

function addPatches(
  patches: tf.Tensor4D,
  geometry: Geometry,
  size: readonly [number, number],
): tf.Tensor4D {
  const [height, width] = size
  const [above, left] = geometry.padding
  const op = tf.customGrad<tf.Tensor4D>((...[y]) => {
    const taps = tf.split(y as tf.Tensor, geometry.kernel[0] * geometry.kernel[1], 3)
    const placed = places(geometry).map(([row, column], i) => {
      const spread = spreadOut(taps[i] as tf.Tensor4D, geometry.strides)
      const below = Math.max(height + 2 * above - row - spread.shape[1], 0)
      const right = Math.max(width + 2 * left - column - spread.shape[2], 0)
      return tf.pad(spread, [
        [0, 0],
        [row, below],
        [column, right],
        [0, 0],
      ])
    })
    const inside = placed.map((tap) => tf.slice(tap, [0, above, left, 0], [-1, height, width, -1]))
    return {
      value: inside.length === 1 ? inside[0]! : tf.addN(inside),
      gradFunc: (dy: tf.Tensor) => takePatches(dy as tf.Tensor4D, geometry, size),
    }
  })
  return op(patches)
}

/** Lists where each tap of the window stands within it, row by row. */
function places({ kernel, dilation }: Geometry): [number, number][] {
  return Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => [
    Math.floor(tap / kernel[1]) * dilation[0],
    (tap % kernel[1]) * dilation[1],
  ])
}

/** Puts `stride − 1` zeros after every row and column. */
function spreadOut(x: tf.Tensor4D, [down, across]: readonly [number, number]): tf.Tensor4D {
  if (down === 1 && across === 1) return x
  const [batch, height, width, channels] = x.shape
  const rows = tf.pad(tf.reshape(x, [batch, height, 1, width * channels]), [
    [0, 0],
    [0, 0],
    [0, down - 1],
    [0, 0],
  ])
  const cells = tf.reshape(rows, [batch * height * down, width, 1, channels])
  const spread = tf.pad(cells, [
    [0, 0],
    [0, 0],
    [0, across - 1],
    [0, 0],
  ])
  return tf.reshape<tf.Rank.R4>(spread, [batch, height * down, width * across, channels])
}
