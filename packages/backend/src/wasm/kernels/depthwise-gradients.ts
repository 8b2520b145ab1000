import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { backend_util, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { floats } from '../heap.js'
import { composable, type ConvAttrs, conv2dGeometry } from './conv2d-geometry.js'

/** Visits every pair of an output pixel and an input pixel that one tap of the filter joins. */
function eachTap(
  info: backend_util.Conv2DInfo,
  visit: (inPixel: number, outPixel: number, tap: number) => void,
): void {
  for (let n = 0; n < info.batchSize; n++) {
    for (let tap = 0; tap < info.filterHeight * info.filterWidth; tap++) {
      const down = Math.floor(tap / info.filterWidth) * info.dilationHeight - info.padInfo.top
      const right = (tap % info.filterWidth) * info.dilationWidth - info.padInfo.left
      for (let r = 0; r < info.outHeight; r++) {
        const row = r * info.strideHeight + down
        if (row < 0 || row >= info.inHeight) continue
        for (let c = 0; c < info.outWidth; c++) {
          const column = c * info.strideWidth + right
          if (column < 0 || column >= info.inWidth) continue
          visit(
            (n * info.inHeight + row) * info.inWidth + column,
            (n * info.outHeight + r) * info.outWidth + c,
            tap,
          )
        }
      }
    }
  }
}

/** DepthwiseConv2dNativeBackpropFilter: `[filterHeight, filterWidth, channels, multiplier]`. */
export function depthwiseBackpropFilterBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const { x, dy } = args.inputs as { x: TensorInfo; dy: TensorInfo }
    const attrs = args.attrs as unknown as ConvAttrs & { filterShape: number[] }
    if (!composable(attrs, x, dy)) return javascript(args)
    const info = conv2dGeometry(x.shape, attrs.filterShape, attrs, true)
    const output = backend.makeOutput(attrs.filterShape, 'float32')
    const [input, gradient] = [floats(backend, x), floats(backend, dy)]
    const sums = new Float64Array(attrs.filterShape.reduce((a, b) => a * b))
    const { inChannels: channels, outChannels } = info
    const multiplier = outChannels / channels
    eachTap(info, (inPixel, outPixel, tap) => {
      let o = outPixel * outChannels
      let w = tap * outChannels
      for (let c = 0; c < channels; c++) {
        const value = input[inPixel * channels + c]!
        for (let m = 0; m < multiplier; m++) sums[w++]! += value * gradient[o++]!
      }
    })
    floats(backend, output).set(sums)
    return output
  }
}

/** DepthwiseConv2dNativeBackpropInput: the input's shape. */
export function depthwiseBackpropInputBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const { dy, filter } = args.inputs as { dy: TensorInfo; filter: TensorInfo }
    const attrs = args.attrs as unknown as ConvAttrs & { inputShape: number[] }
    if (!composable(attrs, dy, filter) || attrs.inputShape.includes(0)) return javascript(args)
    const info = conv2dGeometry(attrs.inputShape, filter.shape, attrs, true)
    const output = backend.makeOutput(attrs.inputShape, 'float32')
    const [gradient, weights] = [floats(backend, dy), floats(backend, filter)]
    const result = floats(backend, output).fill(0)
    const { inChannels: channels, outChannels } = info
    const multiplier = outChannels / channels
    eachTap(info, (inPixel, outPixel, tap) => {
      let o = outPixel * outChannels
      let w = tap * outChannels
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let m = 0; m < multiplier; m++) sum += gradient[o++]! * weights[w++]!
        result[inPixel * channels + c]! += sum
      }
    })
    return output
  }
}
