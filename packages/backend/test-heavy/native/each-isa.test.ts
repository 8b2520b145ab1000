import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { useBackend } from '@ductus/backend'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAsOnCpu } from '../../test/native/as-on-cpu.js'
import { kernelCases as cases } from '../../test/native/cases/kernel-cases.js'
import { Draw, seed } from '../../test/native/random-shapes.js'
import { trainDigest } from '../../test/native/train-digest.js'
import { backendsHere } from '../../test/support/backends.js'

const conformance = fileURLToPath(new URL('../conformance/run-conformance.mjs', import.meta.url))
const rounds = 8
const all = ['avx512', 'avx2', 'portable'] as const

/** The instruction sets that this CPU has. */
const here: (typeof all)[number][] = []
if ((await backendsHere(['cpu', 'native'])).includes('native')) {
  for (const isa of all) {
    const there = await useBackend('native', { isa }).then(
      () => true,
      () => false,
    )
    if (there) here.push(isa)
    else console.info(`${isa} skipped: this CPU lacks it`)
  }
}

describe.skipIf(here.length === 0).each(here.length > 0 ? here : all)('native with %s', (isa) => {
  beforeAll(async () => expect((await useBackend('native', { isa })).isa).toBe(isa))
  afterAll(async () => void (await useBackend('native', { isa: here[0]! })))

  it.each(Object.keys(cases))(`agrees with cpu (seed ${seed}): %s`, async (name) => {
    for (let round = 0; round < rounds; round++) {
      const { inputs, compute, tolerance } = cases[name]!(new Draw(seed, name, round))
      await expectAsOnCpu(inputs, compute, tolerance)
    }
  })

  it('gives the same bits at 1 to 4 threads', async () => {
    const first = await trainDigest({ steps: 3, threads: 1 })
    for (const threads of [2, 3, 4]) expect(await trainDigest({ steps: 3, threads })).toBe(first)
  })

  it('fails nothing of TensorFlow.js’ own suite that cpu passes, freed arrays poisoned', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [conformance, 'native'], {
      env: { ...process.env, DUCTUS_ISA: isa, DUCTUS_POISON: '1' },
    })
    expect(stdout).toContain(isa)
    expect(stdout).toMatch(/^\d{4} passed, 0 failed$/m)
  }, 300_000)
})
