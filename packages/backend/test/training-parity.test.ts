import { useBackend } from '@ductus/backend'
import { describe, expect, it } from 'vitest'
import { smallNetwork } from './support/small-network.js'

async function lossesOn(backend: 'cpu' | 'wasm', kind: 'mlp' | 'cnn'): Promise<number[]> {
  await useBackend(backend)
  const network = smallNetwork(kind)
  const losses: number[] = []
  for (let step = 0; step < 10; step++) losses.push(await network.step(step))
  network.dispose()
  return losses
}

describe('ten seeded training steps', () => {
  it.each(['mlp', 'cnn'] as const)(
    'of a small %s give the same losses on cpu and wasm',
    async (kind) => {
      const expected = await lossesOn('cpu', kind)
      const received = await lossesOn('wasm', kind)
      received.forEach((loss, step) => expect(Math.abs(loss - expected[step]!)).toBeLessThan(1e-4))
      // A network that does not learn would agree as well.
      expect(new Set(expected.map((loss) => loss.toFixed(4))).size).toBeGreaterThan(5)
    },
  )
})
