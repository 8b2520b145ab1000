import { memoryPool } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { trainDigest } from '../../test/native/train-digest.js'
import { backendsHere } from '../../test/support/backends.js'

const [here] = await backendsHere(['native'])

describe.skipIf(!here)('training on native', () => {
  it('stays flat over 2,000 steps, in tensors, bytes kept and RSS', async () => {
    const rss: number[] = []
    const tensors: number[] = []
    const pooled: number[] = []
    await trainDigest({
      steps: 2000,
      onStep(step) {
        if (step % 250 !== 0) return
        rss.push(process.memoryUsage().rss / 1e6)
        tensors.push(tf.memory().numTensors)
        pooled.push(memoryPool()!.pooledBytes)
      },
    })
    expect(new Set(tensors).size).toBe(1)
    expect(new Set(pooled).size).toBe(1)
    // The first quarter warms up pools and the garbage collector.
    const [early, late] = [rss[1]!, rss.at(-1)!]
    console.info(`RSS in MB, every 250 steps: ${rss.map(Math.round).join(', ')}`)
    expect(late - early).toBeLessThan(30)
  }, 300_000)
})
