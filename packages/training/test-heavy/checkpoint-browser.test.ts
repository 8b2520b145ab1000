import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { uniformValues, useBackend } from '@ductus/backend'
import { CNN, MLP } from '@ductus/models'
import { Classifier, Trainer } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, openPlainTfjs, type PlainTfjs } from '../../../tools/browser/plain-tfjs.js'
import { temporaryFolder } from '../test/support/temporary-folder.js'
import { toyConfig, toyData } from '../test/support/toy-data.js'

describe.skipIf(!chromiumPath)('a checkpoint in headless Chromium', () => {
  let served = ''
  let browser: PlainTfjs

  /** A browser asks for an icon too. */
  function checkpointFile(name: string): Uint8Array | undefined {
    const path = join(served, name)
    return existsSync(path) ? readFileSync(path) : undefined
  }

  beforeAll(async () => {
    await useBackend('cpu')
    browser = await openPlainTfjs(checkpointFile)
  })
  afterAll(() => browser.close())

  it.each<[string, () => LayersModel]>([
    ['MLP', () => MLP(toyConfig, { fc1: 8, fc2: 4 }, { seed: 1 })],
    ['CNN', () => CNN(toyConfig, { convDim: 3, fcDim: 8, batchNorm: true }, { seed: 1 })],
  ])('opens by plain tf.loadLayersModel, and computes the same: %s', async (_, make) => {
    const model = make()
    const trainer = new Trainer({ rootDir: temporaryFolder() })
    const { lastCheckpoint } = await trainer.fit(new Classifier(model), toyData())
    served = join(lastCheckpoint!, 'model')
    const x = tf.tensor(uniformValues(1, 24, 0, 1), [2, 4, 3, 1])
    const logits = await browser.predict(x)
    const own = await (model.apply(x) as tf.Tensor).data()
    expect(logits).toHaveLength(own.length)
    logits.forEach((value, i) => {
      expect(value).toBeCloseTo(own[i]!, 5)
    })
  })
})
