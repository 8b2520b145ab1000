import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { backend_util, KernelFunc } from '@tensorflow/tfjs-core'
import { floats } from '../heap.js'
import { eachWindow, type PoolAttrs, poolGeometry, type PoolWindow } from './pool-geometry.js'

type Info = backend_util.Conv2DInfo
type Fill = (from: Float32Array, window: PoolWindow, info: Info, pixel: Float64Array) => void

/**
 * MaxPool over what of a window lies in the image; NaN never wins. The stock kernel gives other values for windows in
 * the padding and with NaN, and leaves its output's bounds where TensorFlow.js and XNNPACK differ in its size.
 */
export function maxPoolBy(javascript: KernelFunc): KernelFunc {
  return poolBy(javascript, (from, window, { inWidth, inChannels: channels }, pixel) => {
    pixel.fill(-Infinity)
    for (let r = window.top; r < window.bottom; r++) {
      for (let q = window.left; q < window.right; q++) {
        const i = (window.image + r * inWidth + q) * channels
        for (let c = 0; c < channels; c++) {
          const value = from[i + c]!
          if (value > pixel[c]!) pixel[c] = value
        }
      }
    }
  })
}

/**
 * AvgPool over what of a window lies in the image. Carries NaN, which the stock kernel turns into -Infinity: behind a
 * sigmoid a network that has diverged would look well.
 */
export function avgPoolBy(javascript: KernelFunc): KernelFunc {
  return poolBy(javascript, (from, window, { inWidth, inChannels: channels }, pixel) => {
    pixel.fill(0)
    for (let r = window.top; r < window.bottom; r++) {
      for (let q = window.left; q < window.right; q++) {
        const i = (window.image + r * inWidth + q) * channels
        for (let c = 0; c < channels; c++) pixel[c]! += from[i + c]!
      }
    }
    const rows = Math.max(0, window.bottom - window.top)
    const columns = Math.max(0, window.right - window.left)
    for (let c = 0; c < channels; c++) pixel[c]! /= rows * columns
  })
}

function poolBy(javascript: KernelFunc, fill: Fill): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const x = args.inputs['x']!
    if (x.dtype !== 'float32' || x.shape.includes(0)) return javascript(args)
    const info = poolGeometry(x.shape, args.attrs as unknown as PoolAttrs)
    // `cpu` has rules of its own for windows of one pixel.
    const onePixel = info.filterHeight * info.filterWidth === 1
    if (onePixel || info.outShape.includes(0)) return javascript(args)
    const output = backend.makeOutput(info.outShape, 'float32')
    const from = floats(backend, x)
    const to = floats(backend, output)
    const pixel = new Float64Array(info.inChannels)
    eachWindow(info, (window, out) => {
      fill(from, window, info, pixel)
      to.set(pixel, out * info.inChannels)
    })
    return output
  }
}
