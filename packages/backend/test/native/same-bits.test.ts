import { listBackends } from '@ductus/backend'
import { describe, expect, it } from 'vitest'
import { backendsHere } from '../support/backends.js'
import { trainDigest } from './train-digest.js'

const [here] = await backendsHere(['native'])

describe.skipIf(!here)('training on native', () => {
  it('gives the same bits at 1 to 4 threads, run after run', async () => {
    const first = await trainDigest({ steps: 3, threads: 1 })
    for (const threads of [2, 3, 4, 4, 2, 1]) {
      expect(await trainDigest({ steps: 3, threads }), `${threads} threads`).toBe(first)
    }
  })

  it('says how many threads it was told to use', async () => {
    const reports = await listBackends({ threads: 3 })
    const native = reports.find(({ name }) => name === 'native')
    expect(native).toMatchObject({ available: true, threads: 3 })
  })
})
