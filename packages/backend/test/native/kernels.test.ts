import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { backendsHere } from '../support/backends.js'
import { expectAsOnCpu } from './as-on-cpu.js'
import type { Plain } from './as-on-cpu.js'
import { binaryOps, reductions, unaryOps } from './cases/element-cases.js'
import { kernelCases as cases } from './cases/kernel-cases.js'
import { Draw, seed } from './random-shapes.js'

const here = (await backendsHere(['cpu', 'native'])).includes('native')
const rounds = Number(process.env.DUCTUS_TEST_ROUNDS ?? 4)

describe.skipIf(!here)(`native kernels agree with cpu (seed ${seed})`, () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    for (let round = 0; round < rounds; round++) {
      const { inputs, compute, tolerance } = cases[name]!(new Draw(seed, name, round))
      try {
        await expectAsOnCpu(inputs, compute, tolerance)
      } catch (error) {
        const shapes = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' ')
        throw new Error(`DUCTUS_TEST_SEED=${seed} round ${round}, ${shapes}`, { cause: error })
      }
    }
  })

  it.each([...Object.entries(unaryOps), ...Object.entries(reductions)])(
    'takes every type: %s',
    async (_, op) => {
      const ints = {
        values: Int32Array.of(3, -1, 0, 7, 2, -5),
        shape: [2, 3],
        dtype: 'int32' as const,
      }
      const attempt = async (dtype: 'int32' | 'bool') => {
        let refused: unknown
        const run = (x: tf.Tensor) => op(tf.cast(x, dtype))
        await tf.setBackend('cpu')
        try {
          tf.tidy(() => void run(tf.tensor(ints.values, ints.shape, 'int32')))
        } catch (error) {
          refused = error
        }
        if (!refused) await expectAsOnCpu([ints], (x) => run(x), 2e-6)
      }
      await attempt('int32')
      await attempt('bool')
    },
  )

  it.each(Object.entries(binaryOps))('takes every type: %s', async (_, op) => {
    const a: Plain = { values: Int32Array.of(3, -1, 0, 7), shape: [4], dtype: 'int32' }
    const b: Plain = { values: Int32Array.of(2, 2, 1, 7), shape: [4], dtype: 'int32' }
    await expectAsOnCpu([a, b], (x, y) => op(x, y), 2e-6)
    await expectAsOnCpu([a, b], (x, y) => op(tf.cast(x, 'float32'), y), 2e-6)
  })

  it('refuses what cpu refuses', async () => {
    await tf.setBackend('native')
    tf.tidy(() => {
      expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([4, 2]))).toThrow()
      expect(() => tf.gather(tf.ones([3]), tf.tensor1d([3], 'int32'))).toThrow('not in [0, 2]')
      expect(() => tf.slice(tf.ones([3]), [2], [5])).toThrow()
      expect(() => tf.add(tf.ones([3]), tf.ones([4]))).toThrow()
    })
  })
})
