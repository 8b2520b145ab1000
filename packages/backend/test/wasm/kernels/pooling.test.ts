import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { useBackend } from '@ductus/backend'
import { expectAsOnCpu, type Plain } from '../../support/compare-backends.js'
import { Random, testSeed } from '../../support/random.js'

const tolerance = { rtol: 1e-5, atol: 1e-5 }

/** Few different values, so that windows have ties. */
function draw(random: Random) {
  const shape = [
    random.integer(1, 4),
    random.integer(3, 10),
    random.integer(3, 10),
    random.integer(1, 5),
  ]
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
    random.integer(-4, 3),
  )
  const window: [number, number] = [random.integer(1, 3), random.integer(1, 3)]
  const strides: [number, number] = [random.integer(1, 3), random.integer(1, 3)]
  const pad = random.pick<'same' | 'valid' | number>(['same', 'valid', 0, 1])
  return { input: { values, shape } satisfies Plain, window, strides, pad }
}

beforeAll(async () => {
  await useBackend('wasm')
})

describe(`pooling on wasm, seed ${testSeed}`, () => {
  it.each(['maxPool', 'avgPool'] as const)('%s agrees with cpu on 60 random shapes', async (op) => {
    const random = new Random(testSeed)
    for (let round = 0; round < 60; round++) {
      const { input, window, strides, pad } = draw(random)
      await expectAsOnCpu(
        'wasm',
        [input],
        ([x]) => tf[op](x as tf.Tensor4D, window, strides, pad),
        tolerance,
      )
    }
  })

  it.each(['maxPool', 'avgPool'] as const)(
    'the gradient of %s agrees with cpu on 60 random shapes, ties and all',
    async (op) => {
      const random = new Random(testSeed + 1)
      for (let round = 0; round < 60; round++) {
        const { input, window, strides, pad } = draw(random)
        await expectAsOnCpu(
          'wasm',
          [input],
          ([x]) =>
            tf.grad((x) => tf.sum(tf.square(tf[op](x as tf.Tensor4D, window, strides, pad))))(x!),
          tolerance,
        )
      }
    },
  )

  it('carries NaN as cpu does', async () => {
    const values = Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? NaN : i))
    for (const op of ['maxPool', 'avgPool'] as const) {
      await expectAsOnCpu('wasm', [{ values, shape: [1, 4, 4, 1] }], ([x]) =>
        tf[op](x as tf.Tensor4D, 2, 2, 'same'),
      )
    }
  })
})
