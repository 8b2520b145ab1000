import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { composeKernel } from '../compose-kernel.js'
import { floats } from '../heap.js'
import { composable, type ConvGradientAttrs, conv2dGeometry } from './conv2d-geometry.js'

/**
 * Conv2DBackpropFilter, which TensorFlow.js does not have for WebAssembly, as a convolution over swapped axes: each
 * input channel becomes an image whose channels are the batch, the output's gradient is the filter, the stride its
 * dilation. What comes out is `[inChannels, filterHeight, filterWidth, outChannels]`, and its axes are put in order.
 */
export function conv2dBackpropFilterBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const { x, dy } = args.inputs as { x: TensorInfo; dy: TensorInfo }
    const attrs = args.attrs as unknown as ConvGradientAttrs & { filterShape: number[] }
    if (!composable(attrs, x, dy)) return javascript(args)
    const info = conv2dGeometry(x.shape, attrs.filterShape, attrs)
    if (info.dilationHeight !== 1 || info.dilationWidth !== 1) return javascript(args)
    return composeKernel(backend, ({ run, keepTrack }) => {
      const box = {
        top: info.padInfo.top,
        left: info.padInfo.left,
        height: (info.outHeight - 1) * info.strideHeight + info.filterHeight,
        width: (info.outWidth - 1) * info.strideWidth + info.filterWidth,
      }
      const images = keepTrack(channelsAsImages(backend, x, box))
      const filter = keepTrack(batchAsChannels(backend, dy))
      const gradient = run(
        'Conv2D',
        { x: images, filter },
        {
          strides: [1, 1],
          pad: 'valid',
          dataFormat: 'NHWC',
          dilations: [info.strideHeight, info.strideWidth],
        },
      )
      return run('Transpose', { x: gradient }, { perm: [1, 2, 0, 3] })
    })
  }
}

interface Box {
  top: number
  left: number
  height: number
  width: number
}

const tile = 16

/**
 * `[batch, height, width, channels]` to `[channels, box.height, box.width, batch]`, zeros where the box reaches beyond
 * the image, in tiles that stay in the cache.
 */
function channelsAsImages(backend: BackendWasm, x: TensorInfo, box: Box): TensorInfo {
  const [batch, height, width, channels] = x.shape as [number, number, number, number]
  const output = backend.makeOutput([channels, box.height, box.width, batch], 'float32')
  const from = floats(backend, x)
  const to = floats(backend, output).fill(0)
  const image = height * width * channels
  const plane = box.height * box.width * batch
  const rowStart = Math.max(0, -box.top)
  const columnStart = Math.max(0, -box.left)
  const rows = Math.min(height, box.height - box.top)
  const columns = Math.min(width, box.width - box.left)
  for (let row = rowStart; row < rows; row++) {
    for (let column = columnStart; column < columns; column++) {
      const source = (row * width + column) * channels
      const target = ((row + box.top) * box.width + column + box.left) * batch
      for (let n0 = 0; n0 < batch; n0 += tile) {
        const n1 = Math.min(batch, n0 + tile)
        for (let c = 0; c < channels; c++) {
          const out = target + c * plane
          for (let n = n0; n < n1; n++) to[out + n] = from[source + n * image + c]!
        }
      }
    }
  }
  return output
}

/** `[batch, height, width, channels]` to `[height, width, batch, channels]`, by runs of channels. */
function batchAsChannels(backend: BackendWasm, dy: TensorInfo): TensorInfo {
  const [batch, height, width, channels] = dy.shape as [number, number, number, number]
  const output = backend.makeOutput([height, width, batch, channels], 'float32')
  const from = floats(backend, dy)
  const to = floats(backend, output)
  const pixels = height * width
  for (let n = 0; n < batch; n++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const source = (n * pixels + pixel) * channels
      const target = (pixel * batch + n) * channels
      for (let c = 0; c < channels; c++) to[target + c] = from[source + c]!
    }
  }
  return output
}
