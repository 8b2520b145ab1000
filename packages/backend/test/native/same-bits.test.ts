import { listBackends, useBackend } from '@ductus/backend'
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

  it('takes the most threads it can where more are asked for, and says so', async () => {
    for (const threads of [65, 128, 1024, 100_000]) {
      const choice = await useBackend('native', { threads })
      expect(choice).toMatchObject({ name: 'native', threads: 64 })
      expect(choice.notices).toEqual([
        `native computes on 64 threads at most: ${threads} were asked for`,
      ])
    }
    expect(await useBackend('native', { threads: 2 })).toMatchObject({ threads: 2, notices: [] })
  })
})
