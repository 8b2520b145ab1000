import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useBackend } from '@ductus/backend'
import { computeOn, expectAsOnCpu, type Plain } from '../../support/compare-backends.js'
import { Random, testSeed } from '../../support/random.js'

const dtypes = ['float32', 'int32', 'bool'] as const

function draw(random: Random, shape: number[], dtype: (typeof dtypes)[number]): Plain {
  const length = tf.util.sizeFromShape(shape)
  if (dtype === 'float32') return { values: random.floats(length, -3, 3), shape, dtype }
  if (dtype === 'int32') return { values: random.integers(length, -9, 9), shape, dtype }
  return { values: Uint8Array.from(random.integers(length, 0, 1)), shape, dtype }
}

beforeAll(async () => {
  await useBackend('wasm')
})

describe(`kernels that move data on wasm, seed ${testSeed}`, () => {
  it.each(dtypes)('slice of %s agrees with cpu on 60 random boxes', async (dtype) => {
    const random = new Random(testSeed)
    for (let round = 0; round < 60; round++) {
      const shape = Array.from({ length: random.integer(1, 5) }, () => random.integer(1, 5))
      const begin = shape.map((size) => random.integer(0, size - 1))
      const size = shape.map((length, axis) =>
        random.next() < 0.3 ? -1 : random.integer(0, length - begin[axis]!),
      )
      await expectAsOnCpu('wasm', [draw(random, shape, dtype)], ([x]) => tf.slice(x!, begin, size))
    }
  })

  it('refuses a slice that leaves the tensor', async () => {
    await tf.setBackend('wasm')
    const x = tf.zeros([2, 3])
    expect(() => tf.slice(x, [1, 1], [1, 4])).toThrow()
    x.dispose()
  })

  it('casts each dtype to each other as cpu does', async () => {
    const random = new Random(testSeed + 1)
    for (const from of dtypes) {
      for (const to of dtypes) {
        await expectAsOnCpu('wasm', [draw(random, [4, 5], from)], ([x]) => tf.cast(x!, to))
      }
    }
    const odd: Plain = {
      values: Float32Array.of(NaN, Infinity, -Infinity, -0, 0.5, -2.9, 3e9),
      shape: [7],
    }
    for (const to of dtypes) await expectAsOnCpu('wasm', [odd], ([x]) => tf.cast(x!, to))
  })

  it('shares a clone’s data instead of copying it', async () => {
    await tf.setBackend('wasm')
    const x = tf.tensor([1, 2, 3])
    const clone = tf.clone(x)
    expect(clone.dataId).toBe(x.dataId)
    x.dispose()
    expect([...(await clone.data())]).toEqual([1, 2, 3])
    clone.dispose()
  })

  it('sums over any axes as cpu does, and keeps them when asked', async () => {
    const random = new Random(testSeed + 2)
    for (let round = 0; round < 60; round++) {
      const shape = Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 6))
      const axes = shape.map((_, axis) => axis).filter(() => random.next() < 0.5)
      const keep = random.next() < 0.5
      const dtype = random.pick(['float32', 'int32'] as const)
      await expectAsOnCpu('wasm', [draw(random, shape, dtype)], ([x]) => tf.sum(x!, axes, keep), {
        rtol: 1e-5,
        atol: 1e-5,
      })
    }
  })

  it('unsortedSegmentSum agrees with cpu, ids outside left out', async () => {
    const random = new Random(testSeed + 3)
    for (let round = 0; round < 30; round++) {
      const rows = random.integer(1, 8)
      const segments = random.integer(1, 6)
      const shape = [
        rows,
        ...Array.from({ length: random.integer(0, 2) }, () => random.integer(1, 4)),
      ]
      const ids: Plain = {
        values: random.integers(rows, -1, segments),
        shape: [rows],
        dtype: 'int32',
      }
      const x = draw(random, shape, random.pick(['float32', 'int32'] as const))
      await expectAsOnCpu('wasm', [x, ids], ([a, b]) =>
        tf.unsortedSegmentSum(a!, b as tf.Tensor1D, segments),
      )
    }
  })

  it('keeps complex numbers, and gives their parts back', async () => {
    const random = new Random(testSeed + 4)
    const parts = [draw(random, [2, 8], 'float32'), draw(random, [2, 8], 'float32')]
    await expectAsOnCpu('wasm', parts, ([re, im]) => {
      const z = tf.complex(re!, im!)
      return [tf.real(z), tf.imag(z), tf.abs(z), tf.real(tf.fft(z)), tf.imag(tf.mul(z, z))]
    })
    const [z] = await computeOn('wasm', parts, ([re, im]) => tf.complex(re!, im!))
    expect(z!.values.slice(0, 2)).toEqual(
      Float32Array.of(parts[0]!.values[0] as number, parts[1]!.values[0] as number),
    )
  })

  it('keeps strings', async () => {
    await tf.setBackend('wasm')
    const x = tf.tensor(['a', 'ß', 'c', 'd'], [2, 2], 'string')
    const moved = tf.tidy(() => tf.tile(tf.slice(x, [1, 0], [1, 2]), [1, 2]))
    expect(await moved.array()).toEqual([['c', 'd', 'c', 'd']])
    tf.dispose([x, moved])
  })

  it('takes tensors with nothing in them', async () => {
    const empty: Plain = { values: new Float32Array(0), shape: [0, 3] }
    await expectAsOnCpu('wasm', [empty], ([x]) => [
      tf.relu(x!),
      tf.add(x!, 1),
      tf.sum(x!, 0),
      tf.concat([x!, x!]),
      tf.matMul(x!, tf.ones([3, 2])),
    ])
  })
})
