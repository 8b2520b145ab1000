import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { backend_util, KernelFunc } from '@tensorflow/tfjs-core'
import { floats } from '../heap.js'
import { eachWindow, type PoolAttrs, poolGeometry } from './pool-geometry.js'

/**
 * MaxPool: the stock kernel where XNNPACK takes the window. It refuses one of a single pixel, and TensorFlow.js then
 * returns memory that nobody wrote.
 */
export function maxPoolBy(stock: KernelFunc, javascript: KernelFunc): KernelFunc {
  return (args) => {
    const x = args.inputs['x']!
    if (x.dtype !== 'float32' || x.shape.includes(0)) return javascript(args)
    const info = poolGeometry(x.shape, args.attrs as unknown as PoolAttrs)
    return onePixel(info) ? javascript(args) : stock(args)
  }
}

/**
 * AvgPool, over what of a window lies in the image. Carries NaN, which the stock kernel turns into -Infinity: behind a
 * sigmoid a network that has diverged would look well.
 */
export function avgPoolBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const x = args.inputs['x']!
    if (x.dtype !== 'float32' || x.shape.includes(0)) return javascript(args)
    const info = poolGeometry(x.shape, args.attrs as unknown as PoolAttrs)
    if (onePixel(info)) return javascript(args)
    const output = backend.makeOutput(info.outShape, 'float32')
    const from = floats(backend, x)
    const to = floats(backend, output)
    const channels = info.inChannels
    const sums = new Float64Array(channels)
    eachWindow(info, (window, out) => {
      sums.fill(0)
      for (let r = window.top; r < window.bottom; r++) {
        for (let q = window.left; q < window.right; q++) {
          const i = (window.image + r * info.inWidth + q) * channels
          for (let c = 0; c < channels; c++) sums[c]! += from[i + c]!
        }
      }
      const count =
        Math.max(0, window.bottom - window.top) * Math.max(0, window.right - window.left)
      for (let c = 0; c < channels; c++) to[out * channels + c] = sums[c]! / count
    })
    return output
  }
}

/** Windows of one pixel, which `cpu` has rules of its own for, and outputs of none. */
function onePixel(info: backend_util.Conv2DInfo): boolean {
  return info.filterHeight * info.filterWidth === 1 || info.outShape.includes(0)
}
