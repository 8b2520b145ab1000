import { backendNames, listBackends, listOps, useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'

describe('listBackends', () => {
  it('tells of each backend what it is, or why it can’t be had', async () => {
    await useBackend('wasm')
    const reports = await listBackends()
    expect(reports.map(({ name }) => name)).toEqual([...backendNames])
    for (const { available, description, reason, summary } of reports) {
      expect(summary).not.toBe('')
      expect(available ? description : reason).toBeTruthy()
    }
    expect(reports.find(({ active }) => active)?.name).toBe('wasm')
    expect(reports.find(({ name }) => name === 'cpu')?.available).toBe(true)
  })

  it('says what TensorFlow’s own bindings want, and that they were not yet run', async () => {
    const reports = await listBackends()
    const gpu = reports.find(({ name }) => name === 'tensorflow-gpu')
    expect(gpu?.notices).toEqual([expect.stringMatching(/CUDA 11\.2.*not yet run against a real/)])
  })

  it('makes none of them active', async () => {
    await useBackend('cpu')
    await listBackends()
    expect(tf.getBackend()).toBe('cpu')
  })
})

describe('listOps', () => {
  it('tells whose each kernel of wasm is', async () => {
    await useBackend('wasm')
    const origins = Object.fromEntries(listOps().map(({ kernel, origin }) => [kernel, origin]))
    expect(origins).toMatchObject({
      Conv2DBackpropFilter: 'own',
      Relu: 'guarded',
      FFT: 'javascript',
      LogicalXor: 'stock',
    })
    const cpu = new Set(tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName))
    expect(Object.keys(origins)).toEqual(expect.arrayContaining([...cpu]))
  })

  it('tells which have a gradient', async () => {
    await useBackend('cpu')
    const ops = listOps('cpu')
    expect(ops.find(({ kernel }) => kernel === 'Conv2D')?.differentiable).toBe(true)
    expect(ops.find(({ kernel }) => kernel === 'ArgMax')?.differentiable).toBe(true)
    expect(ops.find(({ kernel }) => kernel === 'Unique')?.differentiable).toBe(false)
    expect(ops.every(({ origin }) => origin === 'javascript')).toBe(true)
  })
})
