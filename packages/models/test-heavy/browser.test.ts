import { useBackend } from '@ductus/backend'
import {
  CNN,
  exportTfjs,
  LeCun1990,
  LeNet5,
  LineCNN,
  LineCNNSimple,
  MLP,
  modelInfo,
  ResNet,
  SimpleCNN,
} from '@ductus/models'
import type * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, openPlainTfjs, type PlainTfjs } from '../../../tools/browser/plain-tfjs.js'
import { expectClose, mnist, waves } from '../test/support.js'

const line = (length: number) => ({ ...mnist, inputDims: [28, 68, 1], outputDims: [length] })
const small = { convDim: 3, fcDim: 8 } as const

describe.skipIf(!chromiumPath)('a model in headless Chromium', () => {
  const files = new Map<string, string | Uint8Array>()
  let browser: PlainTfjs
  beforeAll(async () => {
    await useBackend('cpu')
    browser = await openPlainTfjs((name) => files.get(name))
  })
  afterAll(() => browser.close())

  it.each([
    ['MLP', () => MLP(mnist, { fc1: 16, fc2: 8 })],
    ['CNN', () => CNN(mnist, small)],
    [
      'a grown CNN',
      () =>
        CNN(mnist, {
          ...small,
          numBlocks: 2,
          residual: true,
          batchNorm: true,
          downsample: 'stride',
        }),
    ],
    ['ResNet', () => ResNet(mnist, { depth: 8, width: 4 })],
    ['LeNet5', () => LeNet5(mnist)],
    [
      "the paper's LeCun1990",
      () => LeCun1990({ ...mnist, inputDims: [16, 16, 1] }, { paper: true }),
    ],
    ['SimpleCNN', () => SimpleCNN(mnist)],
    ['LineCNNSimple', () => LineCNNSimple(line(3), { ...small, windowStride: 20 })],
    ['LineCNN', () => LineCNN(line(3), { convDim: 2, fcDim: 8 })],
  ] as const)('gives the same logits: %s', async (_, make) => {
    const model = make()
    const dims = modelInfo(model).config.inputDims
    model.apply(waves([4, ...dims]), { training: true, step: 0 })
    const written = await exportTfjs(model)
    files.set('model.json', written['model.json']).set('weights.bin', written['weights.bin'])
    const x = waves([2, ...dims], 1)
    const logits = await browser.predict(x)
    expect(logits.length).toBeGreaterThan(0)
    expectClose(logits, await (model.apply(x) as tf.Tensor).data(), { atol: 1e-5 })
  })
})
