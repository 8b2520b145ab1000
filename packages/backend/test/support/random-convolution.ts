import { backend_util } from '@tensorflow/tfjs-core'
import type { Random } from './random.js'

/** A convolution drawn at random, with at least one output pixel. */
export interface RandomConvolution {
  inputShape: [number, number, number, number]
  filterShape: [number, number, number, number]
  outputShape: [number, number, number, number]
  strides: [number, number]
  pad: 'same' | 'valid' | number | backend_util.ExplicitPadding
  dilations: [number, number]
}

export function randomConvolution(
  random: Random,
  { depthwise = false, dilated = false } = {},
): RandomConvolution {
  for (;;) {
    const inputShape: RandomConvolution['inputShape'] = [
      random.integer(1, 5),
      random.integer(1, 10),
      random.integer(1, 10),
      random.integer(1, 5),
    ]
    const filterShape: RandomConvolution['filterShape'] = [
      random.integer(1, 5),
      random.integer(1, 5),
      inputShape[3],
      random.integer(1, depthwise ? 3 : 6),
    ]
    const dilations: [number, number] =
      dilated && random.next() < 0.5 ? [random.integer(1, 3), random.integer(1, 3)] : [1, 1]
    const plain = dilations[0] === 1 && dilations[1] === 1
    const strides: [number, number] = plain ? [random.integer(1, 3), random.integer(1, 3)] : [1, 1]
    const border = (): [number, number] => [random.integer(0, 3), random.integer(0, 3)]
    const pad = random.pick<RandomConvolution['pad']>([
      'same',
      'valid',
      random.integer(0, 3),
      [[0, 0], border(), border(), [0, 0]],
    ])
    try {
      const { outShape } = backend_util.computeConv2DInfo(
        inputShape,
        filterShape,
        strides,
        dilations,
        pad,
        undefined,
        depthwise,
      )
      if (outShape.every((size) => size > 0)) {
        return { inputShape, filterShape, outputShape: outShape, strides, pad, dilations }
      }
    } catch {
      // This padding gives no output at all: draw again.
    }
  }
}
