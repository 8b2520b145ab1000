import { useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { smallNetwork } from '../support/small-network.js'

beforeAll(async () => {
  await useBackend('wasm')
})

/** The size of WebAssembly's memory, which never shrinks. */
function heapBytes(): number {
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }
  return wasm.HEAPU8.length
}

describe('memory on wasm', () => {
  it.each(['mlp', 'cnn'] as const)(
    'stays flat over 200 training steps of a small %s',
    async (kind) => {
      const network = smallNetwork(kind)
      for (let step = 0; step < 20; step++) await network.step(step)
      const before = { ...tf.memory(), data: tf.backend().numDataIds(), heap: heapBytes() }
      for (let step = 20; step < 220; step++) await network.step(step)
      expect(tf.memory().numTensors).toBe(before.numTensors)
      expect(tf.memory().numBytes).toBe(before.numBytes)
      expect(tf.backend().numDataIds()).toBe(before.data)
      expect(heapBytes()).toBe(before.heap)
      network.dispose()
    },
  )

  it('refuses a tensor that its addresses cannot reach', () => {
    const before = tf.memory().numTensors
    expect(() => tf.fill([2000, 1024, 1024], 1)).toThrow(
      /wasm: expected room for 8000\.0 MB.*smaller batch/,
    )
    expect(tf.memory().numTensors).toBe(before)
    expect(tf.tidy(() => tf.sum(tf.ones([8])).dataSync()[0])).toBe(8)
  })
})
