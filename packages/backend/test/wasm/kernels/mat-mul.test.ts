import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { useBackend } from '@ductus/backend'
import { expectAsOnCpu, type Plain } from '../../support/compare-backends.js'
import { Random, testSeed } from '../../support/random.js'

const tolerance = { rtol: 1e-4, atol: 1e-5 }
const flags = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const

function plain(random: Random, shape: number[]): Plain {
  return { values: random.floats(tf.util.sizeFromShape(shape)), shape }
}

function matrices(random: Random, transposeA: boolean, transposeB: boolean, batches: number[][]) {
  const [m, k, n] = [random.integer(1, 9), random.integer(1, 9), random.integer(1, 9)]
  const a = [...batches[0]!, ...(transposeA ? [k, m] : [m, k])]
  const b = [...batches[1]!, ...(transposeB ? [n, k] : [k, n])]
  return { m, n, inputs: [plain(random, a), plain(random, b)] }
}

beforeAll(async () => {
  await useBackend('wasm')
})

describe(`matMul on wasm, seed ${testSeed}`, () => {
  it.each(flags)('agrees with cpu, transposes %s and %s, batched too', async (ta, tb) => {
    const random = new Random(testSeed)
    for (let round = 0; round < 30; round++) {
      const batches = random.pick([
        [[], []],
        [[3], [3]],
        [[1], [4]],
        [
          [2, 3],
          [2, 3],
        ],
        [[], [2]],
      ])
      const { inputs } = matrices(random, ta, tb, batches)
      await expectAsOnCpu('wasm', inputs, ([a, b]) => tf.matMul(a!, b!, ta, tb), tolerance)
    }
  })

  it.each(flags)('fused agrees with cpu, transposes %s and %s', async (ta, tb) => {
    const random = new Random(testSeed + 1)
    for (let round = 0; round < 30; round++) {
      const { m, n, inputs } = matrices(random, ta, tb, [[], []])
      const activation = random.pick([
        'linear',
        'relu',
        'relu6',
        'elu',
        'sigmoid',
        'leakyrelu',
      ] as const)
      const bias = random.pick([[n], [1, n], [m, n], undefined])
      if (bias) inputs.push(plain(random, bias))
      await expectAsOnCpu(
        'wasm',
        inputs,
        ([a, b, added]) =>
          tf.fused.matMul({
            a: a!,
            b: b!,
            transposeA: ta,
            transposeB: tb,
            activation,
            leakyreluAlpha: 0.3,
            ...(added ? { bias: added } : {}),
          }),
        tolerance,
      )
    }
  })

  it('multiplies whole numbers, and carries NaN through a fused ReLU', async () => {
    const whole = (shape: number[]): Plain => ({
      values: Int32Array.from({ length: 6 }, (_, i) => i - 2),
      shape,
      dtype: 'int32',
    })
    await expectAsOnCpu('wasm', [whole([2, 3]), whole([3, 2])], ([a, b]) => tf.matMul(a!, b!))
    const holes: Plain = { values: Float32Array.of(1, NaN, 3, 4), shape: [2, 2] }
    await expectAsOnCpu('wasm', [holes, holes], ([a, b]) =>
      tf.fused.matMul({ a: a!, b: b!, activation: 'relu' }),
    )
  })

  it.each(['ij,jk->ik', 'bij,bjk->bik', 'ij->ji', 'ij->', 'ij,ij->i', 'bij,bkj->bik', 'i,j->ij'])(
    'einsum %s agrees with cpu',
    async (equation) => {
      const random = new Random(testSeed + 2)
      const sizes: Record<string, number> = { b: 2, i: 3, j: 4, k: 5 }
      const terms = equation.split('->')[0]!.split(',')
      const inputs = terms.map((term) =>
        plain(
          random,
          [...term].map((axis) => sizes[axis]!),
        ),
      )
      await expectAsOnCpu('wasm', inputs, (tensors) => tf.einsum(equation, ...tensors), tolerance)
    },
  )
})
