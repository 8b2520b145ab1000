import {
  addN,
  concat,
  pad,
  reshape,
  slice,
  split,
  stridedSlice,
  type Tensor,
} from '@tensorflow/tfjs-core'
import type { FusedKernel } from './fused-kernel.js'
import { runKernel } from './run-kernel.js'

type Two = readonly [number, number]

/** How windows go over an image, rows first. */
export interface UnfoldAttributes {
  /** Of the window. */
  kernel: Two
  strides: Two
  /** Zeros on each side. */
  padding: Two
  dilation: Two
  /** Of the image. */
  size: Two
  /** How many windows. */
  windows: Two
}

/** The windows of `x [batch, height, width, channels]` as `[batch, rows, columns, kernel values]`. */
export const unfoldKernel: FusedKernel = {
  name: 'DuctusUnfold',
  compose: ({ x }, attributes: UnfoldAttributes) => takePatches(x!, attributes),
  gradient: {
    gradFunc: (dy, _, attributes) => ({
      x: () => runKernel('DuctusFold', { patches: dy as Tensor }, attributes),
    }),
  },
}

/** The transpose: `patches [batch, rows, columns, kernel values]` put back and added, `[batch, height, width, channels]`. */
export const foldKernel: FusedKernel = {
  name: 'DuctusFold',
  compose: ({ patches }, attributes: UnfoldAttributes) => addPatches(patches!, attributes),
  gradient: {
    gradFunc: (dy, _, attributes) => ({
      patches: () => runKernel('DuctusUnfold', { x: dy as Tensor }, attributes),
    }),
  },
}

function takePatches(x: Tensor, attributes: UnfoldAttributes): Tensor {
  const { strides, windows } = attributes
  const [above, left] = attributes.padding
  const padded = pad(x, [
    [0, 0],
    [above, above],
    [left, left],
    [0, 0],
  ])
  const taps = places(attributes).map(([row, column]) => {
    const end = [
      padded.shape[0],
      row + (windows[0] - 1) * strides[0] + 1,
      column + (windows[1] - 1) * strides[1] + 1,
      padded.shape[3]!,
    ]
    return stridedSlice(padded, [0, row, column, 0], end, [1, ...strides, 1])
  })
  return taps.length === 1 ? taps[0]! : concat(taps, 3)
}

function addPatches(patches: Tensor, attributes: UnfoldAttributes): Tensor {
  const { kernel, strides, size } = attributes
  const [height, width] = size
  const [above, left] = attributes.padding
  const taps = split(patches, kernel[0] * kernel[1], 3)
  const placed = places(attributes).map(([row, column], i) => {
    const spread = spreadOut(taps[i]!, strides)
    const below = Math.max(height + 2 * above - row - spread.shape[1]!, 0)
    const right = Math.max(width + 2 * left - column - spread.shape[2]!, 0)
    return pad(spread, [
      [0, 0],
      [row, below],
      [column, right],
      [0, 0],
    ])
  })
  const inside = placed.map((tap) => slice(tap, [0, above, left, 0], [-1, height, width, -1]))
  return inside.length === 1 ? inside[0]! : addN(inside)
}

/** Lists where each tap of the window stands within it, row by row. */
function places({ kernel, dilation }: UnfoldAttributes): [number, number][] {
  return Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => [
    Math.floor(tap / kernel[1]) * dilation[0],
    (tap % kernel[1]) * dilation[1],
  ])
}

/** Puts `stride − 1` zeros after every row and column. */
function spreadOut(x: Tensor, [down, across]: Two): Tensor {
  if (down === 1 && across === 1) return x
  const [batch, height, width, channels] = x.shape as [number, number, number, number]
  const rows = pad(reshape(x, [batch, height, 1, width * channels]), [
    [0, 0],
    [0, 0],
    [0, down - 1],
    [0, 0],
  ])
  const cells = reshape(rows, [batch * height * down, width, 1, channels])
  const spread = pad(cells, [
    [0, 0],
    [0, 0],
    [0, across - 1],
    [0, 0],
  ])
  return reshape(spread, [batch, height * down, width * across, channels])
}
