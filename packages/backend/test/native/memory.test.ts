import { memoryPool, updateSgd, useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { ArrayPool } from '../../src/native/array-pool.js'
import type { NativeBackend } from '../../src/native/native-backend.js'
import { backendsHere } from '../support/backends.js'

const [here] = await backendsHere(['native'])
const native = () => tf.backend() as unknown as NativeBackend

describe('ArrayPool', () => {
  const pool = (limitBytes: number) => new ArrayPool({ limitBytes, poison: false })

  it('reuses by length, up to its limit, oldest sizes first', () => {
    const it = pool(1000)
    const [a, b, c] = [it.take(100), it.take(50), it.take(100)]
    it.give(a)
    expect(it.pooledBytes).toBe(400)
    expect(it.take(100)).toBe(a)
    it.give(a)
    it.give(b)
    it.give(c)
    expect(it.pooledBytes).toBe(1000)
    it.give(it.take(25))
    expect(it.pooledBytes).toBeLessThanOrEqual(1000)
    it.shrink(0)
    expect(it.pooledBytes).toBe(0)
    expect(it.take(100)).not.toBe(a)
  })

  it('keeps nothing that is not its own, escaped, or above the limit', () => {
    const it = pool(1000)
    it.give(new Float32Array(10))
    const seen = it.take(10)
    it.escape(seen.subarray(2, 4))
    it.give(seen)
    it.give(it.take(1000))
    expect(it.pooledBytes).toBe(0)
  })
})

describe.skipIf(!here)('memory of native, freed arrays poisoned', () => {
  beforeAll(async () => void (await useBackend('native')))

  it('reuses the array of a tensor that is disposed of', () => {
    const x = tf.tensor1d([1, 2, 3])
    tf.dispose(tf.add(x, x))
    const { pooledBytes } = memoryPool()!
    const y = tf.add(x, x)
    expect(memoryPool()!.pooledBytes).toBe(pooledBytes - 12)
    tf.dispose([x, y])
  })

  it('never reuses what a user was handed or gave', () => {
    const given = Float32Array.of(1, 2, 3, 4, 5)
    const x = tf.tensor1d(given)
    const y = tf.mul(x, 2)
    const handed = y.dataSync()
    tf.dispose([x, y])
    for (let i = 0; i < 10; i++) tf.tidy(() => tf.fill([5], 7))
    expect([...given]).toEqual([1, 2, 3, 4, 5])
    expect([...handed]).toEqual([2, 4, 6, 8, 10])
  })

  it('hands arrays to promises for good', async () => {
    const y = tf.tidy(() => tf.fill([6], 3))
    const promise = y.data()
    y.dispose()
    tf.tidy(() => tf.fill([6], 4))
    expect([...(await promise)]).toEqual([3, 3, 3, 3, 3, 3])
  })

  it('keeps what other tensors view: slices, splits, reshapes, complex numbers of JavaScript kernels', () => {
    const big = tf.tidy(() => tf.add(tf.ones([4, 6]), 1))
    const parts = tf.tidy(() => [
      ...tf.split(big, 2, 0),
      tf.reshape(big, [24]),
      tf.reverse(big, 0),
      tf.real(tf.complex(big, big)),
      ...tf.unstack(big),
      tf.stridedSlice(big, [0, 0], [2, 6], [1, 1]),
    ])
    big.dispose()
    tf.tidy(() => tf.fill([4, 6], 9))
    for (const part of parts) expect(new Set(part.dataSync())).toEqual(new Set([2]))
    tf.dispose(parts)
  })

  it('moves tensors to other backends and back', async () => {
    const x = tf.tidy(() => tf.fill([8], 5))
    await useBackend('cpu')
    const y = tf.add(x, 1)
    await useBackend('native')
    tf.tidy(() => tf.fill([8], 1))
    const z = tf.add(tf.add(x, y), 0)
    expect([...z.dataSync()]).toEqual(new Array(8).fill(11))
    tf.dispose([x, y, z])
  })

  it('updates a variable in place when nobody else holds its values', () => {
    const v = tf.tidy(() => tf.variable(tf.fill([10], 1)))
    const gradient = tf.tidy(() => tf.fill([10], 1))
    const step = () => updateSgd({ parameter: v, gradient, learningRate: 1 })
    step()
    const array = native().values(v)
    step()
    expect(native().values(v)).toBe(array)
    const clone = v.clone()
    step()
    expect(native().values(v)).not.toBe(array)
    expect([...clone.dataSync()]).toEqual(new Array(10).fill(-1))
    expect([...v.dataSync()]).toEqual(new Array(10).fill(-2))
    tf.dispose([v, gradient, clone])
  })

  it('reports, limits and releases what it keeps', async () => {
    const pool = memoryPool()!
    const { limitBytes } = pool
    tf.dispose([tf.fill([1000], 1), tf.fill([3000], 1)])
    expect(pool.pooledBytes).toBeGreaterThanOrEqual(16_000)
    pool.limitBytes = 13_000
    expect(pool.pooledBytes).toBeLessThanOrEqual(13_000)
    pool.limitBytes = limitBytes
    pool.release()
    expect(pool.pooledBytes).toBe(0)
    await useBackend('cpu')
    expect(memoryPool()).toBeUndefined()
    await useBackend('native')
  })
})
