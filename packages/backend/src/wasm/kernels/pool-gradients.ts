import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { backend_util, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { floats } from '../heap.js'
import { eachWindow, type PoolAttrs, poolGeometry } from './pool-geometry.js'

type Info = backend_util.Conv2DInfo

/** MaxPoolGrad: hands dy to the first greatest element of its window; a window of NaN hands it to none. */
export function maxPoolGradBy(javascript: KernelFunc): KernelFunc {
  return gradientBy(javascript, (x, dy, dx, info) => {
    eachWindow(info, (window, out) => {
      for (let c = 0; c < info.inChannels; c++) {
        let greatest = -Infinity
        let at = -1
        for (let r = window.top; r < window.bottom; r++) {
          for (let q = window.left; q < window.right; q++) {
            const i = (window.image + r * info.inWidth + q) * info.inChannels + c
            if (x[i]! > greatest) {
              greatest = x[i]!
              at = i
            }
          }
        }
        if (at >= 0) dx[at]! += dy[out * info.inChannels + c]!
      }
    })
  })
}

/** AvgPoolGrad: spreads dy evenly, over the whole window also where it reaches beyond the image, as `cpu` does. */
export function avgPoolGradBy(javascript: KernelFunc): KernelFunc {
  return gradientBy(javascript, (_, dy, dx, info) => {
    const share = 1 / (info.filterHeight * info.filterWidth)
    eachWindow(info, (window, out) => {
      for (let r = window.top; r < window.bottom; r++) {
        for (let q = window.left; q < window.right; q++) {
          const i = (window.image + r * info.inWidth + q) * info.inChannels
          for (let c = 0; c < info.inChannels; c++) {
            dx[i + c]! += dy[out * info.inChannels + c]! * share
          }
        }
      }
    })
  })
}

type Fill = (x: Float32Array, dy: Float32Array, dx: Float32Array, info: Info) => void

function gradientBy(javascript: KernelFunc, fill: Fill): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const { dy, input } = args.inputs as { dy: TensorInfo; input: TensorInfo }
    if ([dy, input].some(({ dtype, shape }) => dtype !== 'float32' || shape.includes(0))) {
      return javascript(args)
    }
    const info = poolGeometry(input.shape, args.attrs as unknown as PoolAttrs)
    const output = backend.makeOutput(input.shape, 'float32')
    const result = floats(backend, output).fill(0)
    fill(floats(backend, input), floats(backend, dy), result, info)
    return output
  }
}
