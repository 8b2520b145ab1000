import { conv2d, depthwiseConv2d, foldPatches, unfoldPatches } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import type { Draw } from '../random-shapes.js'
import { activations, plain, withGradients } from './case.js'
import type { Case, CaseTable } from './case.js'

type T4 = tf.Tensor4D

function convolution(draw: Draw, depthwise: boolean): Case {
  const channels = draw.pick([1, 2, 3, 5, 16, 17])
  const out = depthwise ? draw.int(1, 3) : draw.pick([1, 3, 8, 15, 16, 33, 64])
  const filter = [draw.int(1, 4), draw.int(1, 4), channels, out]
  const dilation: [number, number] = [draw.int(1, 2), draw.int(1, 2)]
  const padding: [number, number] | 'same' | 'valid' = draw.pick([
    'same',
    'valid',
    [draw.int(0, 2), draw.int(0, 3)],
  ])
  const strides: [number, number] = [draw.int(1, 3), draw.int(1, 3)]
  const activation = draw.pick(activations)
  const x = [draw.int(1, 3), draw.int(7, 12), draw.int(7, 12), channels]
  const run = depthwise ? depthwiseConv2d : conv2d
  return {
    inputs: [
      plain(draw, x),
      plain(draw, filter, -0.5, 0.5),
      plain(draw, [depthwise ? channels * out : out]),
    ],
    compute: withGradients((x, f, bias) =>
      run(x, f, { bias: bias, strides, padding, dilation, activation }),
    ),
  }
}

function windows(draw: Draw, back: boolean): Case {
  const two = (least: number, most: number) =>
    [draw.int(least, most), draw.int(least, most)] as const
  const geometry = {
    kernel: two(1, 4),
    strides: two(1, 3),
    padding: two(0, 8),
    dilation: two(1, 2),
  }
  const size = [draw.int(7, 10), draw.int(7, 10)] as const
  const channels = draw.pick([1, 2, 5, 17])
  const image = [draw.int(0, 2), ...size, channels]
  const count = [0, 1].map((i) => {
    const { kernel, strides, padding, dilation } = geometry
    const room = size[i]! + 2 * padding[i]! - dilation[i]! * (kernel[i]! - 1) - 1
    return Math.floor(room / strides[i]!) + 1
  })
  const patches = [image[0]!, ...count, geometry.kernel[0] * geometry.kernel[1] * channels]
  return back
    ? {
        inputs: [plain(draw, patches)],
        compute: withGradients((x) => foldPatches(x as T4, geometry, size)),
      }
    : {
        inputs: [plain(draw, image)],
        compute: withGradients((x) => unfoldPatches(x as T4, geometry)),
      }
}

/** NaN and infinities among the values: only what covers them may have them. */
function oddWindows(draw: Draw): Case {
  const geometry = { kernel: [3, 2], strides: [2, 1], padding: [1, 2], dilation: [1, 2] } as const
  return {
    inputs: [plain(draw, [2, 6, 5, draw.pick([1, 4, 17])], -2, 2, 'extreme')],
    compute: (x) => {
      const patches = unfoldPatches(x as T4, geometry)
      return [patches, foldPatches(patches, geometry, [6, 5])]
    },
  }
}

function stockConvolution(draw: Draw): Case {
  const channels = draw.int(1, 9)
  const strides: [number, number] = [draw.int(1, 2), draw.int(1, 2)]
  const pad = draw.pick([
    'same',
    'valid',
    [
      [0, 0],
      [1, 2],
      [0, 3],
      [0, 0],
    ],
  ]) as 'same'
  return {
    inputs: [
      plain(draw, [draw.int(0, 2), draw.int(4, 9), draw.int(4, 9), channels]),
      plain(draw, [draw.int(1, 3), draw.int(1, 3), channels, draw.int(1, 20)]),
    ],
    compute: withGradients((x, f) => tf.conv2d(x as T4, f as T4, strides, pad)),
  }
}

function pooling(draw: Draw, kind: 'maxPool' | 'avgPool'): Case {
  const size: [number, number] = [draw.int(1, 3), draw.int(1, 3)]
  const strides: [number, number] = [draw.int(1, 3), draw.int(1, 3)]
  const pad = draw.pick(['same', 'valid'] as const)
  const shape = [draw.int(0, 3), draw.int(3, 9), draw.int(3, 9), draw.pick([1, 3, 16, 19])]
  const x = plain(draw, shape)
  // Equal values: which of them the gradient goes to is part of the result.
  if (draw.int(0, 1)) x.values = x.values.map(Math.round)
  return {
    inputs: [x],
    compute: withGradients((t) => tf[kind](t as T4, size, strides, pad)),
  }
}

function poolingOddValues(draw: Draw, kind: 'maxPool' | 'avgPool'): Case {
  const shape = [2, draw.int(3, 6), draw.int(3, 6), draw.pick([1, 16, 19])]
  const strides = draw.pick([1, 2])
  return {
    inputs: [plain(draw, shape, -2, 2, 'extreme')],
    compute: (t) => tf[kind](t as T4, 2, strides, 'same'),
  }
}

function fusedConvolution(draw: Draw): Case {
  const out = draw.int(1, 20)
  const activation = draw.pick(['linear', 'relu', 'relu6', 'sigmoid', 'elu'] as const)
  return {
    inputs: [
      plain(draw, [2, 6, 5, 3]),
      plain(draw, [3, 2, 3, out]),
      plain(draw, draw.pick([[out], [1]])),
    ],
    compute: (x, filter, bias) =>
      tf.fused.conv2d({
        x: x as T4,
        filter: filter as T4,
        strides: 1,
        pad: 'same',
        bias: bias,
        activation,
      }),
  }
}

/** NaN and infinities in the image or the filter: what lies in the padding takes no part, here as in JavaScript. */
function oddConvolution(draw: Draw): Case {
  const channels = draw.pick([1, 3, 17])
  const odd = draw.round % 3
  const x = plain(draw, [2, 6, 5, channels], -2, 2, odd ? 'extreme' : 'none')
  const activation = draw.pick(activations)
  const shape = [3, 2, channels, draw.pick([1, 8, 33])]
  return {
    inputs: [x, odd ? plain(draw, shape, 0.1, 1) : plain(draw, shape, -2, 2, 'odd')],
    compute: (x, f) => conv2d(x, f, { padding: 1, strides: draw.round % 2 ? 2 : 1, activation }),
  }
}

/** Kernels that go over windows of images, with their gradients. */
export const windowCases: CaseTable = {
  'conv2d with gradients': (draw) => convolution(draw, false),
  'depthwiseConv2d with gradients': (draw) => convolution(draw, true),
  'unfoldPatches with gradient': (draw) => windows(draw, false),
  'foldPatches with gradient': (draw) => windows(draw, true),
  'windows of odd values': oddWindows,
  'stock conv2d with gradients': stockConvolution,
  'fused.conv2d': fusedConvolution,
  'conv2d of odd values': oddConvolution,
  'maxPool with gradient': (draw) => pooling(draw, 'maxPool'),
  'avgPool with gradient': (draw) => pooling(draw, 'avgPool'),
  'maxPool of odd values': (draw) => poolingOddValues(draw, 'maxPool'),
  'avgPool of odd values': (draw) => poolingOddValues(draw, 'avgPool'),
}
