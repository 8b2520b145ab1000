import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { namedWeights, useBackend } from '@ductus/backend'
import {
  Classifier,
  loadStockModel,
  readCheckpoint,
  Trainer,
  type Checkpoint,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

let checkpoint: Checkpoint
let model: LayersModel

beforeAll(async () => {
  await useBackend('cpu')
  model = toyModel(5, 0)
  const rootDir = mkdtempSync(join(tmpdir(), 'ductus-training-'))
  const trainer = new Trainer({ maxEpochs: 1, rootDir, limitTrainBatches: 1 })
  const { lastCheckpoint } = await trainer.fit(new Classifier(model), toyData())
  checkpoint = await readCheckpoint(lastCheckpoint!)
  rmSync(rootDir, { recursive: true })
})

type Json = Record<string, unknown>

/** The checkpoint with another model.json. */
function changed(change: (json: { modelTopology: { config: { layers: Json[] } } }) => unknown) {
  const text = new TextDecoder().decode(checkpoint.files.get('model/model.json'))
  const json = JSON.parse(text) as Parameters<typeof change>[0]
  const bytes = new TextEncoder().encode(JSON.stringify(change(json)))
  return { ...checkpoint, files: new Map(checkpoint.files).set('model/model.json', bytes) }
}

describe('loadStockModel', () => {
  it('computes what the model computed', async () => {
    const stock = await loadStockModel(checkpoint)
    const x = tf.ones([2, 4, 3, 1])
    const outputs = (of: typeof stock) => Array.from((of.apply(x) as tf.Tensor).dataSync())
    outputs(stock).forEach((value, i) => expect(value).toBeCloseTo(outputs(model)[i]!, 6))
    expect(namedWeights(stock)).toHaveLength(namedWeights(model).length)
  })

  it.each(['constructor', '__proto__', 'toString', 'Lambda', 'DuctusOwn', 7, null])(
    'refuses layers of class %j, naming the file',
    async (name) => {
      const hostile = changed((json) => {
        json.modelTopology.config.layers[1]!.class_name = name
        return json
      })
      await expect(loadStockModel(hostile)).rejects.toMatchObject({
        code: 'NOT_SUPPORTED',
        message: expect.stringContaining(
          `${checkpoint.path}/model/model.json: expected layers of TensorFlow.js, received class ${JSON.stringify(name)}`,
        ) as string,
      })
    },
  )

  it.each<[string, (json: never) => unknown]>([
    ['no object', () => null],
    ['no topology', () => ({})],
    ['a list', () => []],
    ['weights of nothing', ({ modelTopology }: Json) => ({ modelTopology })],
    [
      'an activation of no such name',
      ({ ...json }: Json) => swap(json, 'activation', 'constructor'),
    ],
    ['units below 0', ({ ...json }: Json) => swap(json, 'units', -3)],
  ])('says which file describes no network: %s', async (_name, change) => {
    await expect(loadStockModel(changed(change as never))).rejects.toMatchObject({
      name: 'TrainingError',
      message: expect.stringContaining(`${checkpoint.path}/model/model.json: expected`) as string,
    })
  })

  it('says that there is no such model', async () => {
    await expect(loadStockModel(checkpoint, { name: 'decoder' })).rejects.toThrow(
      'decoder/model.json: expected a file of the checkpoint, received none',
    )
  })
})

/** Gives every setting of one name another value. */
function swap(json: unknown, key: string, value: unknown): unknown {
  return JSON.parse(JSON.stringify(json), (name, own: unknown) => (name === key ? value : own))
}
