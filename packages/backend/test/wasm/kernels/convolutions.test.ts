import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { useBackend } from '@ductus/backend'
import { expectAsOnCpu, type Plain } from '../../support/compare-backends.js'
import { Random, testSeed } from '../../support/random.js'
import { randomConvolution } from '../../support/random-convolution.js'

const tolerance = { rtol: 1e-4, atol: 1e-4 }
const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const

function plain(random: Random, shape: number[]): Plain {
  return { values: random.floats(tf.util.sizeFromShape(shape)), shape }
}

beforeAll(async () => {
  await useBackend('wasm')
})

describe(`convolutions on wasm, seed ${testSeed}`, () => {
  it('conv2d agrees with cpu on 60 random shapes, dilated ones too', async () => {
    const random = new Random(testSeed)
    for (let round = 0; round < 60; round++) {
      const { inputShape, filterShape, strides, pad, dilations } = randomConvolution(random, {
        dilated: true,
      })
      await expectAsOnCpu(
        'wasm',
        [plain(random, inputShape), plain(random, filterShape)],
        ([x, filter]) =>
          tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, 'NHWC', dilations),
        tolerance,
      )
    }
  })

  it('depthwiseConv2d agrees with cpu on 40 random shapes, dilated ones too', async () => {
    const random = new Random(testSeed + 1)
    for (let round = 0; round < 40; round++) {
      const { inputShape, filterShape, strides, pad, dilations } = randomConvolution(random, {
        depthwise: true,
        dilated: true,
      })
      await expectAsOnCpu(
        'wasm',
        [plain(random, inputShape), plain(random, filterShape)],
        ([x, filter]) =>
          tf.depthwiseConv2d(
            x as tf.Tensor4D,
            filter as tf.Tensor4D,
            strides,
            pad,
            'NHWC',
            dilations,
          ),
        tolerance,
      )
    }
  })

  it.each(activations)('fused.conv2d with %s agrees with cpu', async (activation) => {
    const random = new Random(testSeed + 2)
    for (let round = 0; round < 12; round++) {
      const { inputShape, filterShape, outputShape, strides, pad } = randomConvolution(random)
      const channels = filterShape[3]
      const biasShape = random.pick([[channels], [], undefined])
      const inputs = [plain(random, inputShape), plain(random, filterShape)]
      if (biasShape) inputs.push(plain(random, biasShape))
      if (activation === 'prelu')
        inputs.push(plain(random, random.pick([[1, 1, channels], outputShape.slice(1)])))
      await expectAsOnCpu(
        'wasm',
        inputs,
        (tensors) => {
          const slopes = activation === 'prelu' ? tensors.at(-1) : undefined
          return tf.fused.conv2d({
            x: tensors[0] as tf.Tensor4D,
            filter: tensors[1] as tf.Tensor4D,
            strides,
            pad,
            activation,
            leakyreluAlpha: 0.1,
            ...(biasShape ? { bias: tensors[2]! } : {}),
            ...(slopes ? { preluActivationWeights: slopes } : {}),
          })
        },
        tolerance,
      )
    }
  })

  it('fused.depthwiseConv2d agrees with cpu', async () => {
    const random = new Random(testSeed + 3)
    for (let round = 0; round < 20; round++) {
      const { inputShape, filterShape, strides, pad } = randomConvolution(random, {
        depthwise: true,
      })
      const channels = filterShape[2] * filterShape[3]
      const inputs = [
        plain(random, inputShape),
        plain(random, filterShape),
        plain(random, random.pick([[channels], []])),
      ]
      const activation = random.pick(['linear', 'relu', 'elu', 'sigmoid'] as const)
      await expectAsOnCpu(
        'wasm',
        inputs,
        ([x, filter, bias]) =>
          tf.fused.depthwiseConv2d({
            x: x as tf.Tensor4D,
            filter: filter as tf.Tensor4D,
            strides,
            // Its type leaves explicit paddings out; the kernel takes them.
            pad: pad as 'same',
            activation,
            bias: bias!,
          }),
        tolerance,
      )
    }
  })

  it('conv2dTranspose agrees with cpu, with an input larger than its output needs too', async () => {
    const random = new Random(testSeed + 4)
    const cases = [
      { x: [2, 4, 4, 3], filter: [3, 3, 2, 3], output: [2, 8, 8, 2], stride: 2 },
      { x: [1, 8, 8, 2], filter: [4, 4, 3, 2], output: [1, 4, 4, 3], stride: 1 },
    ] as const
    for (const { x, filter, output, stride } of cases) {
      await expectAsOnCpu(
        'wasm',
        [plain(random, [...x]), plain(random, [...filter])],
        ([a, b]) =>
          tf.conv2dTranspose(a as tf.Tensor4D, b as tf.Tensor4D, [...output], stride, 'same'),
        tolerance,
      )
    }
  })
})
