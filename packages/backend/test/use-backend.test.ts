import { activeBackend, type BackendName, useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'

describe('useBackend', () => {
  it('takes the best that loads, and says why it left each better one', async () => {
    const choice = await useBackend('auto', { gpu: false })
    expect(['native', 'wasm']).toContain(choice.name)
    expect(choice.description.length).toBeGreaterThan(10)
    const skipped = choice.skipped.map(({ name }) => name)
    const better = ['tensorflow-gpu', 'webgpu', 'native', 'tensorflow', 'wasm']
    expect(skipped).toEqual(better.slice(0, better.indexOf(choice.name)))
    for (const { reason } of choice.skipped) expect(reason).not.toBe('')
    expect(tf.getBackend()).toBe(choice.name)
  })

  it.each(['cpu', 'wasm'] as const)('takes %s when it is asked for', async (name) => {
    const choice = await useBackend(name)
    expect(choice).toMatchObject({ name, skipped: [], threads: 1 })
    expect(activeBackend()?.name).toBe(name)
    expect(tf.getBackend()).toBe(name)
  })

  it('changes nothing when it is called again', async () => {
    await useBackend('wasm')
    const x = tf.tensor([1, 2])
    const kernel = tf.getKernel('Conv2DBackpropFilter', 'wasm')
    await useBackend('wasm')
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBe(kernel)
    expect([...(await x.data())]).toEqual([1, 2])
    x.dispose()
  })

  it('takes calls at the same time one after the other', async () => {
    const names = await Promise.all([useBackend('wasm'), useBackend('cpu'), useBackend('wasm')])
    expect(names.map(({ name }) => name)).toEqual(['wasm', 'cpu', 'wasm'])
    expect(tf.getBackend()).toBe('wasm')
  })

  it('says which option could not be obeyed', async () => {
    const { notices } = await useBackend('wasm', { threads: 4 })
    expect(notices).toEqual([expect.stringContaining('one core')])
  })

  it('lists the known names, and suggests the nearest', async () => {
    await expect(useBackend('wsam' as BackendName)).rejects.toMatchObject({
      code: 'UNKNOWN_BACKEND',
      message:
        'Unknown backend "wsam". Did you mean wasm? ' +
        'Known: auto, tensorflow-gpu, webgpu, native, tensorflow, wasm, cpu.',
    })
  })

  it('says why the one asked for can’t be had, and leaves the active one', async () => {
    await useBackend('wasm')
    await expect(useBackend('webgpu')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('received "webgpu"') as string,
    })
    expect(activeBackend()?.name).toBe('wasm')
  })

  it.each([0, 1.5, -1, NaN])('refuses %s threads', async (threads) => {
    await expect(useBackend('cpu', { threads })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`received ${threads}`) as string,
    })
  })

  it.each(['many', '0', '-1', '1.5', '1e3', ' '])(
    'refuses DUCTUS_THREADS="%s", on every backend',
    async (threads) => {
      const before = process.env.DUCTUS_THREADS
      process.env.DUCTUS_THREADS = threads
      try {
        for (const name of ['auto', 'cpu'] as const) {
          await expect(useBackend(name)).rejects.toMatchObject({
            code: 'INVALID_ARGUMENT',
            message: `useBackend: expected DUCTUS_THREADS to be a whole number of at least 1, received ${threads}. Unset it to use the cores that this process may use.`,
          })
        }
      } finally {
        if (before === undefined) delete process.env.DUCTUS_THREADS
        else process.env.DUCTUS_THREADS = before
      }
    },
  )

  it('refuses a DUCTUS_ISA that is none, on every backend', async () => {
    const before = process.env.DUCTUS_ISA
    process.env.DUCTUS_ISA = 'sse9'
    try {
      await expect(useBackend('cpu')).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(
          'DUCTUS_ISA to be one of avx512, avx2, portable',
        ) as string,
      })
    } finally {
      if (before === undefined) delete process.env.DUCTUS_ISA
      else process.env.DUCTUS_ISA = before
    }
  })
})
