import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { type backend_util, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { composeKernel } from '../compose-kernel.js'
import { floats } from '../heap.js'
import { composable, type ConvAttrs, conv2dGeometry } from './conv2d-geometry.js'

/**
 * Conv2DBackpropFilter, which TensorFlow.js does not have for WebAssembly, as a convolution over swapped axes: each
 * input channel becomes an image whose channels are the batch, the output's gradient is the filter, the stride its
 * dilation. What comes out is `[inChannels, filterHeight, filterWidth, outChannels]`, and its axes are put in order.
 */
export function conv2dBackpropFilterBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const { x, dy } = args.inputs as { x: TensorInfo; dy: TensorInfo }
    const attrs = args.attrs as unknown as ConvAttrs & { filterShape: number[] }
    if (!composable(attrs, x, dy)) return javascript(args)
    const info = conv2dGeometry(x.shape, attrs.filterShape, attrs)
    if (info.dilationHeight !== 1 || info.dilationWidth !== 1) return javascript(args)
    const box = {
      top: info.padInfo.top,
      left: info.padInfo.left,
      height: (info.outHeight - 1) * info.strideHeight + info.filterHeight,
      width: (info.outWidth - 1) * info.strideWidth + info.filterWidth,
    }
    const step = imagesAtOnce(info)
    const sum = new Float64Array(util.sizeFromShape(info.filterShape))
    for (let first = 0; first < info.batchSize; first += step) {
      const part = { first, end: Math.min(info.batchSize, first + step) }
      const gradient = composeKernel(backend, ({ run, keepTrack }) =>
        run(
          'Conv2D',
          {
            x: keepTrack(channelsAsImages(backend, x, box, part)),
            filter: keepTrack(batchAsChannels(backend, dy, info, part)),
          },
          {
            strides: [1, 1],
            pad: 'valid',
            dataFormat: 'NHWC',
            dilations: [info.strideHeight, info.strideWidth],
          },
        ),
      )
      const values = floats(backend, gradient)
      for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!
      backend.disposeData(gradient.dataId)
    }
    return channelsIntoFilter(backend, sum, info)
  }
}

/**
 * How many images of the batch go into one convolution: as many as keep dy's part, which XNNPACK packs anew as a
 * filter, in the processor's cache. Chosen by shape alone, so that the bits stay the same.
 */
function imagesAtOnce(info: backend_util.Conv2DInfo): number {
  const bytes = 4 * info.outHeight * info.outWidth * info.outChannels
  return Math.max(1, Math.floor(2 ** 22 / bytes))
}

/** `[inChannels, filterHeight, filterWidth, outChannels]` to `[filterHeight, filterWidth, inChannels, outChannels]`. */
function channelsIntoFilter(
  backend: BackendWasm,
  sum: Float64Array,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels } = info
  const output = backend.makeOutput(info.filterShape, 'float32')
  const to = floats(backend, output)
  const taps = filterHeight * filterWidth
  for (let c = 0; c < inChannels; c++) {
    for (let tap = 0; tap < taps; tap++) {
      const source = (c * taps + tap) * outChannels
      to.set(sum.subarray(source, source + outChannels), (tap * inChannels + c) * outChannels)
    }
  }
  return output
}

/** Images of the batch: from `first` up to, not including, `end`. */
interface Part {
  first: number
  end: number
}

interface Box {
  top: number
  left: number
  height: number
  width: number
}

const tile = 16

/**
 * `[batch, height, width, channels]` to `[channels, box.height, box.width, part]`, zeros where the box reaches beyond
 * the image, in tiles that stay in the cache.
 */
function channelsAsImages(backend: BackendWasm, x: TensorInfo, box: Box, part: Part): TensorInfo {
  const [, height, width, channels] = x.shape as [number, number, number, number]
  const count = part.end - part.first
  const output = backend.makeOutput([channels, box.height, box.width, count], 'float32')
  const image = height * width * channels
  const from = floats(backend, x).subarray(part.first * image)
  const to = floats(backend, output).fill(0)
  const plane = box.height * box.width * count
  const rows = Math.min(height, box.height - box.top)
  const columns = Math.min(width, box.width - box.left)
  for (let row = Math.max(0, -box.top); row < rows; row++) {
    for (let column = Math.max(0, -box.left); column < columns; column++) {
      const source = (row * width + column) * channels
      const target = ((row + box.top) * box.width + column + box.left) * count
      for (let n0 = 0; n0 < count; n0 += tile) {
        const n1 = Math.min(count, n0 + tile)
        for (let c = 0; c < channels; c++) {
          const out = target + c * plane
          for (let n = n0; n < n1; n++) to[out + n] = from[source + n * image + c]!
        }
      }
    }
  }
  return output
}

/** `[batch, height, width, channels]` to `[height, width, part, channels]`, by runs of channels. */
function batchAsChannels(
  backend: BackendWasm,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
  part: Part,
): TensorInfo {
  const { outHeight, outWidth, outChannels: channels } = info
  const [, height, width] = dy.shape as [number, number, number, number]
  const count = part.end - part.first
  const output = backend.makeOutput([outHeight, outWidth, count, channels], 'float32')
  const from = floats(backend, dy)
  const to = floats(backend, output)
  for (let n = 0; n < count; n++) {
    for (let r = 0; r < outHeight; r++) {
      for (let c = 0; c < outWidth; c++) {
        const source = (((part.first + n) * height + r) * width + c) * channels
        const target = ((r * outWidth + c) * count + n) * channels
        for (let i = 0; i < channels; i++) to[target + i] = from[source + i]!
      }
    }
  }
  return output
}
