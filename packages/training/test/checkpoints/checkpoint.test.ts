import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  Classifier,
  loadCheckpointWeights,
  readCheckpoint,
  Trainer,
  type CheckpointManifest,
} from '@ductus/training'
import { MLP } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { editSealed } from '../support/sealed.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyConfig, toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

let folder: string
let model: tfl.LayersModel

/** A copy of a good checkpoint, to be damaged. */
function copy(): string {
  const target = join(temporaryFolder(), 'checkpoint')
  cpSync(folder, target, { recursive: true })
  return target
}

beforeAll(async () => {
  await useBackend('cpu')
  model = toyModel()
  const { mkdtempSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const rootDir = mkdtempSync(join(tmpdir(), 'ductus-training-'))
  const trainer = new Trainer({ rootDir, seed: 3, hparams: { note: 'kept' } })
  const { lastCheckpoint } = await trainer.fit(new Classifier(model), toyData())
  folder = lastCheckpoint!
  return () => {
    rmSync(rootDir, { recursive: true })
  }
})

describe('a checkpoint', () => {
  it('says all that is needed to build the model and to go on', async () => {
    const { manifest } = await readCheckpoint(folder)
    expect(manifest).toMatchObject({
      format: 'ductus-checkpoint',
      version: 2,
      seed: 3,
      hparams: { note: 'kept' },
      loop: { epoch: 1, batch: 0, step: 6, samples: 110, phase: 'train' },
      models: {
        model: {
          name: 'MLP',
          options: { fc1: 16, fc2: 8, fcDropout: 0.3 },
          seed: 5,
          config: { mapping: ['left', 'middle', 'right'], preprocessing: { kind: 'image' } },
        },
      },
      optimizers: { optimizer: { name: 'Adam', t: 6, hyper: { lr: 1e-3 } } },
      module: { name: 'Classifier', hparams: { optimizer: 'Adam' } },
      data: { name: 'Toy' },
      software: { backend: 'cpu', tensorflow: tf.version_core },
    })
    expect(manifest.optimizers.optimizer!.slots.slice(0, 2)).toMatchObject([
      {
        model: 'model',
        name: 'fc1/kernel',
        slot: 'exp_avg',
        shape: [12, 16],
        offset: 0,
        length: 768,
      },
      { model: 'model', name: 'fc1/kernel', slot: 'exp_avg_sq', offset: 768 },
    ])
    expect(Object.keys(manifest.files).sort()).toEqual([
      'model/model.json',
      'model/weights.bin',
      'optimizer.bin',
    ])
  })

  it('opens in plain TensorFlow.js, and computes the same', async () => {
    const json = JSON.parse(readFileSync(join(folder, 'model', 'model.json'), 'utf8')) as {
      modelTopology: object
      weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[]
    }
    const weights = readFileSync(join(folder, 'model', 'weights.bin'))
    const plain = await tfl.loadLayersModel({
      load: () =>
        Promise.resolve({
          modelTopology: json.modelTopology,
          weightSpecs: json.weightsManifest[0]!.weights,
          weightData: Uint8Array.from(weights).buffer,
        }),
    })
    const x = tf.randomUniform([5, 4, 3, 1], 0, 1, 'float32', 1)
    const ours = (model.apply(x) as tf.Tensor).dataSync()
    const theirs = (plain.predict(x) as tf.Tensor).dataSync()
    ours.forEach((value, i) => {
      expect(theirs[i]).toBeCloseTo(value, 5)
    })
  })

  it('gives its weights to another model by name', async () => {
    const other = toyModel(99)
    expect(weightsOf(other)).not.toEqual(weightsOf(model))
    const { loaded, left } = await loadCheckpointWeights(folder, other)
    expect(weightsOf(other)).toEqual(weightsOf(model))
    expect(loaded).toHaveLength(6)
    expect(left).toEqual([])
  })

  it('names the first weight whose shape differs, and loads nothing then', async () => {
    const wide = MLP(toyConfig, { fc1: 16, fc2: 9 }, { seed: 1 })
    const before = weightsOf(wide)
    await expect(loadCheckpointWeights(folder, wide)).rejects.toThrow(
      'expected fc2/kernel of shape [16, 9], received [16, 8]',
    )
    expect(weightsOf(wide)).toEqual(before)
    const { loaded, left } = await loadCheckpointWeights(folder, wide, { strict: false })
    expect(loaded).toEqual(['fc1/kernel', 'fc1/bias', 'fc3/bias'])
    expect(left).toEqual(['fc2/kernel', 'fc2/bias', 'fc3/kernel'])
  })
})

describe('a damaged checkpoint is refused', () => {
  it.each(['model/weights.bin', 'optimizer.bin', 'model/model.json'])(
    'when %s is short',
    async (name) => {
      const damaged = copy()
      const path = join(damaged, name)
      writeFileSync(path, readFileSync(path).subarray(0, -1))
      await expect(readCheckpoint(damaged)).rejects.toThrow(
        new RegExp(`${name}: expected \\d+ bytes, received`),
      )
    },
  )

  it('when a bit is wrong', async () => {
    const damaged = copy()
    const path = join(damaged, 'optimizer.bin')
    const bytes = readFileSync(path)
    bytes[100]! ^= 1
    writeFileSync(path, bytes)
    await expect(readCheckpoint(damaged)).rejects.toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
      message: expect.stringContaining('optimizer.bin: expected sha256') as string,
    })
  })

  it('when a file is missing', async () => {
    const damaged = copy()
    rmSync(join(damaged, 'optimizer.bin'))
    await expect(readCheckpoint(damaged)).rejects.toThrow(
      /optimizer\.bin: expected a file of \d+ bytes, received none/,
    )
  })

  it('when its description is no JSON', async () => {
    const damaged = copy()
    writeFileSync(join(damaged, 'checkpoint.json'), '{')
    await expect(readCheckpoint(damaged)).rejects.toMatchObject({ code: 'CHECKPOINT_DAMAGED' })
  })

  it('when it is of another program or an older version', async () => {
    const change = async (edit: (manifest: Record<string, unknown>) => void): Promise<void> => {
      const changed = copy()
      editSealed(join(changed, 'checkpoint.json'), edit)
      await readCheckpoint(changed)
    }
    await expect(change((manifest) => (manifest.format = 'other'))).rejects.toThrow(
      'expected format "ductus-checkpoint", received "other"',
    )
    await expect(change((manifest) => (manifest.version = 1))).rejects.toThrow(
      'expected version 2 of ductus-checkpoint, received 1. Read it with the version of Ductus that wrote it.',
    )
    await expect(
      change((manifest) => {
        ;(manifest as unknown as CheckpointManifest).files['../outside'] = {
          bytes: 1,
          sha256: '',
        }
      }),
    ).rejects.toThrow('expected a path inside the folder')
  })

  it('when there is none', async () => {
    await expect(readCheckpoint(temporaryFolder())).rejects.toMatchObject({
      code: 'CHECKPOINT_MISSING',
    })
  })
})

it('leaves no temporary names behind', () => {
  const parent = join(folder, '..')
  expect(existsSync(join(parent, 'last.json'))).toBe(true)
  expect(readdirSync(parent).filter((name) => name.includes('.tmp'))).toEqual([])
})
