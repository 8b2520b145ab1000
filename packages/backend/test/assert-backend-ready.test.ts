import { assertBackendReady, useBackend } from '@ductus/backend'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'

const build = () =>
  tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3], name: 'fc1' })] })

describe('assertBackendReady', () => {
  // The first test sees the process before any useBackend.
  it('fails before useBackend, whatever TensorFlow.js has picked', async () => {
    expect(() => assertBackendReady()).toThrow(
      'assertBackendReady: expected a backend chosen by useBackend(), received none.',
    )
    await tf.setBackend('cpu')
    expect(() => assertBackendReady(undefined, 'Trainer.fit')).toThrow(
      'Trainer.fit: expected a backend chosen by useBackend(), received "cpu", set by TensorFlow.js itself. ' +
        'Call "await useBackend()" first.',
    )
  })

  it('fails for a model that was built before useBackend', async () => {
    await tf.setBackend('cpu')
    const early = build()
    await useBackend('wasm')
    expect(() => assertBackendReady(early, 'Trainer.fit')).toThrow(
      'Trainer.fit: expected a model whose weights are on "wasm", received 2 on "cpu" (first: fc1/kernel). ' +
        'The model was built before useBackend(): call useBackend() first, then build the model.',
    )
    early.dispose()
  })

  it('passes for a model that was built after it', async () => {
    await useBackend('wasm')
    const model = build()
    expect(() => assertBackendReady(model)).not.toThrow()
    model.dispose()
  })
})
