import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useBackend } from '@ductus/backend'
import {
  computeOn,
  expectAsOnCpu,
  expectClose,
  type Plain,
} from '../../support/compare-backends.js'
import { Random, testSeed } from '../../support/random.js'
import { randomConvolution, type RandomConvolution } from '../../support/random-convolution.js'

const tolerance = { rtol: 1e-4, atol: 1e-4 }
const kernel = (name: string, inputs: Record<string, tf.Tensor>, attrs: object) =>
  tf.engine().runKernel<tf.Tensor>(name, inputs, attrs as tf.NamedAttrMap)

function plain(random: Random, shape: number[]): Plain {
  return { values: random.floats(tf.util.sizeFromShape(shape)), shape }
}

const gradients = {
  Conv2DBackpropFilter: (drawn: RandomConvolution, random: Random) =>
    expectAsOnCpu(
      'wasm',
      [plain(random, drawn.inputShape), plain(random, drawn.outputShape)],
      ([x, dy]) =>
        kernel(
          'Conv2DBackpropFilter',
          { x: x!, dy: dy! },
          { ...drawn, dataFormat: 'NHWC', filterShape: drawn.filterShape },
        ),
      tolerance,
    ),
  Conv2DBackpropInput: (drawn: RandomConvolution, random: Random) =>
    expectAsOnCpu(
      'wasm',
      [plain(random, drawn.outputShape), plain(random, drawn.filterShape)],
      ([dy, filter]) =>
        kernel(
          'Conv2DBackpropInput',
          { dy: dy!, filter: filter! },
          { ...drawn, dataFormat: 'NHWC', inputShape: drawn.inputShape },
        ),
      tolerance,
    ),
}

const depthwiseGradients = {
  DepthwiseConv2dNativeBackpropFilter: (drawn: RandomConvolution, random: Random) =>
    expectAsOnCpu(
      'wasm',
      [plain(random, drawn.inputShape), plain(random, drawn.outputShape)],
      ([x, dy]) =>
        kernel(
          'DepthwiseConv2dNativeBackpropFilter',
          { x: x!, dy: dy! },
          { ...drawn, filterShape: drawn.filterShape },
        ),
      tolerance,
    ),
  DepthwiseConv2dNativeBackpropInput: (drawn: RandomConvolution, random: Random) =>
    expectAsOnCpu(
      'wasm',
      [plain(random, drawn.outputShape), plain(random, drawn.filterShape)],
      ([dy, filter]) =>
        kernel(
          'DepthwiseConv2dNativeBackpropInput',
          { dy: dy!, filter: filter! },
          { ...drawn, inputShape: drawn.inputShape },
        ),
      tolerance,
    ),
}

beforeAll(async () => {
  await useBackend('wasm')
})

describe(`gradients of convolutions on wasm, seed ${testSeed}`, () => {
  for (const [name, compare] of Object.entries(gradients)) {
    it(`${name} agrees with cpu on 60 random shapes`, async () => {
      const random = new Random(testSeed)
      for (let round = 0; round < 60; round++) {
        const drawn = randomConvolution(random)
        await compare(drawn, random).catch((error: unknown) => {
          throw new Error(`round ${round}: ${JSON.stringify(drawn)}`, { cause: error })
        })
      }
    })
  }

  for (const [name, compare] of Object.entries(depthwiseGradients)) {
    it(`${name} agrees with cpu on 60 random shapes`, async () => {
      const random = new Random(testSeed + 1)
      for (let round = 0; round < 60; round++) {
        const drawn = randomConvolution(random, { depthwise: true })
        await compare(drawn, random).catch((error: unknown) => {
          throw new Error(`round ${round}: ${JSON.stringify(drawn)}`, { cause: error })
        })
      }
    })
  }

  it('takes a batch in parts: the gradient is the sum of its halves’', async () => {
    const random = new Random(testSeed + 2)
    // 64 images of 256 output channels at 8×8 fill one part.
    const inputs = [plain(random, [70, 8, 8, 2]), plain(random, [70, 8, 8, 256])]
    const attrs = { strides: [1, 1], pad: 1, dataFormat: 'NHWC', filterShape: [3, 3, 2, 256] }
    const [whole, halves] = await computeOn('wasm', inputs, ([x, dy]) => {
      const [x1, x2] = tf.split(x!, [40, 30])
      const [dy1, dy2] = tf.split(dy!, [40, 30])
      const gradient = (a: tf.Tensor, b: tf.Tensor) =>
        kernel('Conv2DBackpropFilter', { x: a, dy: b }, attrs)
      return [gradient(x!, dy!), tf.add(gradient(x1!, dy1!), gradient(x2!, dy2!))]
    })
    expectClose(whole!.values, halves!.values, { rtol: 1e-4, atol: 1e-4 })
  })

  it('takes channels first by way of JavaScript', async () => {
    const random = new Random(testSeed + 3)
    const x = plain(random, [2, 3, 6, 5])
    const dy = plain(random, [2, 4, 6, 5])
    await expectAsOnCpu('wasm', [x, dy], ([a, b]) =>
      kernel(
        'Conv2DBackpropFilter',
        { x: a!, dy: b! },
        { strides: [1, 1], pad: 'same', dataFormat: 'NCHW', filterShape: [3, 3, 3, 4] },
      ),
    )
  })

  it('takes int32 gradients by way of JavaScript', async () => {
    const x: Plain = {
      values: Int32Array.from({ length: 18 }, (_, i) => i),
      shape: [1, 3, 3, 2],
      dtype: 'int32',
    }
    const dy: Plain = {
      values: Int32Array.from({ length: 9 }, (_, i) => i - 4),
      shape: [1, 3, 3, 1],
      dtype: 'int32',
    }
    await expectAsOnCpu('wasm', [x, dy], ([a, b]) =>
      kernel(
        'Conv2DBackpropFilter',
        { x: a!, dy: b! },
        { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: [2, 2, 2, 1] },
      ),
    )
  })

  it('gives the same bits each time', async () => {
    const inputs = () => {
      const random = new Random(testSeed + 4)
      return [plain(random, [33, 9, 9, 3]), plain(random, [33, 9, 9, 5])]
    }
    const run = () =>
      computeOn('wasm', inputs(), ([x, dy]) =>
        kernel(
          'Conv2DBackpropFilter',
          { x: x!, dy: dy! },
          { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 3, 5] },
        ),
      )
    expect(await run()).toEqual(await run())
  })
})
