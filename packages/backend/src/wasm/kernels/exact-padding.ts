import type { backend_util } from '@tensorflow/tfjs-core'

/**
 * States a window's padding in full, so that XNNPACK arrives at the very output that TensorFlow.js has made room for.
 *
 * The two work out sizes apart: for a number as padding TensorFlow.js takes the height's window and stride for both
 * axes, and XNNPACK then writes beyond the output; for `same` it writes nothing where the stride is larger than the
 * window. Gives nothing where no padding makes them agree.
 */
export function exactPadding(
  info: backend_util.Conv2DInfo,
): backend_util.ExplicitPadding | undefined {
  const bottom = after(
    info.inHeight,
    info.outHeight,
    info.effectiveFilterHeight,
    info.strideHeight,
    info.padInfo.top,
  )
  const right = after(
    info.inWidth,
    info.outWidth,
    info.effectiveFilterWidth,
    info.strideWidth,
    info.padInfo.left,
  )
  if (bottom === undefined || right === undefined) return undefined
  return [
    [0, 0],
    [info.padInfo.top, bottom],
    [info.padInfo.left, right],
    [0, 0],
  ]
}

/** Padding after an axis that gives it `output` windows. */
function after(
  input: number,
  output: number,
  window: number,
  stride: number,
  before: number,
): number | undefined {
  if (before < 0 || output < 1) return undefined
  const padding = Math.max(0, (output - 1) * stride + window - input - before)
  return Math.floor((input + before + padding - window) / stride) + 1 === output
    ? padding
    : undefined
}
