import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashKey, useBackend } from '@ductus/backend'
import {
  Classifier,
  EarlyStopping,
  JSONLLogger,
  readCheckpoint,
  readHparams,
  TensorBoardLogger,
  Trainer,
  TrainingError,
  WeightAveraging,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CheckpointStore } from '../../src/checkpoints/checkpoint-store.js'
import { sealed } from '../support/sealed.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

let made: string
let root: string
let run: string
let checkpoint: string

const trainer = (rootDir: string, maxEpochs: number): Trainer =>
  new Trainer({
    rootDir,
    maxEpochs,
    callbacks: [new EarlyStopping({ restoreBest: true }), new WeightAveraging()],
    loggers: [new TensorBoardLogger(), new JSONLLogger()],
  })

beforeAll(async () => {
  await useBackend('cpu')
  made = mkdtempSync(join(tmpdir(), 'ductus-training-'))
  await trainer(made, 1).fit(new Classifier(toyModel()), toyData())
  return () => {
    rmSync(made, { recursive: true })
  }
})

beforeEach(async () => {
  root = temporaryFolder()
  cpSync(made, root, { recursive: true })
  run = join(root, 'default', 'version_0')
  checkpoint = join(run, 'checkpoints', (await new CheckpointStore(run).named('last'))!)
})

/** A number below `limit`, by seed and place. */
const pick = (limit: number, ...place: (string | number)[]): number => hashKey(...place) % limit

/** Damages bytes in one of four ways, so that they differ from what they were. */
function mutated(bytes: Buffer, seed: number): Buffer {
  const at = pick(bytes.length, seed, 'at')
  const copy = Buffer.from(bytes)
  const kind = seed % 4
  if (kind === 0) copy[at]! ^= 1 << pick(8, seed, 'bit')
  if (kind === 1) return copy.subarray(0, at)
  const text = bytes.toString()
  const places = [
    ...text.matchAll(kind === 2 ? /\d+/g : /(?<=: )("[^"]*"|[\d.]+|null|true|false)/g),
  ]
  if (kind >= 2) {
    const found = places[pick(places.length, seed, 'place')]!
    const others = kind === 2 ? [`${found[0]}1`, '0'] : ['[]', '{}', '"x"', '-1', 'null', '1e99']
    const other = others.filter((each) => each !== found[0])[
      pick(others.length - 1, seed, 'other')
    ]!
    return Buffer.from(
      text.slice(0, found.index) + other + text.slice(found.index + found[0].length),
    )
  }
  return copy
}

describe('2,000 damaged files are 2,000 errors that name the file', () => {
  it.each([
    ['checkpoint.json', 1000, () => checkpoint, () => readCheckpoint(checkpoint)],
    [
      'last.json',
      500,
      () => join(run, 'checkpoints'),
      () => new CheckpointStore(run).named('last'),
    ],
    ['hparams.json', 500, () => run, () => readHparams(run)],
  ])(
    '%s, %i times',
    async (name, times, folder, read) => {
      const path = join(folder(), name)
      const whole = readFileSync(path)
      for (let seed = 0; seed < times; seed++) {
        const bytes = mutated(whole, seed)
        if (bytes.equals(whole)) throw new Error(`mutation ${seed} changed nothing`)
        writeFileSync(path, bytes)
        const error: unknown = await read().then(
          () => `mutation ${seed} was accepted`,
          (failure: unknown) => failure,
        )
        if (!(error instanceof TrainingError)) throw new Error(`mutation ${seed}`, { cause: error })
        expect(error.message).toContain(name)
      }
    },
    60_000,
  )

  it('every bit of a pointer counts', async () => {
    const path = join(run, 'checkpoints', 'last.json')
    const whole = readFileSync(path)
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = Buffer.from(whole)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      writeFileSync(path, bytes)
      await expect(new CheckpointStore(run).named('last')).rejects.toBeInstanceOf(TrainingError)
    }
  })
})

/** Every value of a JSON document by its path, as one changes it. */
function leaves(value: unknown): { parent: Record<string, unknown>; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const parent = value as Record<string, unknown>
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...leaves(parent[key])])
}

it('a checkpoint changed and sealed again is refused by a typed error or resumed, and touches nothing else', async () => {
  const path = join(checkpoint, 'checkpoint.json')
  const content = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  delete content.sha256
  const swaps = [-1, 1e99, 'x', '../../x', null, [], {}, true, { $number: 'NaN' }]
  const refused: string[] = []
  for (let seed = 0; seed < 60; seed++) {
    const changed = structuredClone(content)
    const state = ['loop', 'callbacks', 'loggers', 'callbackTensors'][seed % 4]!
    const all = leaves(changed[seed % 5 === 0 ? 'optimizers' : state])
    const { parent, key } = all[pick(all.length, seed, 'leaf')]!
    parent[key] = swaps[pick(swaps.length, seed, 'swap')]
    rmSync(run, { recursive: true })
    cpSync(join(made, 'default', 'version_0'), run, { recursive: true })
    writeFileSync(path, sealed(changed))
    try {
      await trainer(root, 1).fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
    } catch (error) {
      if (!(error instanceof TrainingError))
        throw new Error(`seed ${seed}, ${key}`, { cause: error })
      refused.push(error.message)
    }
    expect(readdirSync(root)).toEqual(['default'])
    expect(readdirSync(join(root, 'default'))).toEqual(['version_0'])
  }
  expect(refused.length).toBeGreaterThan(30)
}, 120_000)

it('keeps the weights that callbacks remember out of checkpoint.json', async () => {
  const { manifest, files } = await readCheckpoint(checkpoint)
  expect(Object.keys(manifest.callbackTensors).sort()).toEqual(['EarlyStopping', 'WeightAveraging'])
  const weights = files.get('model/weights.bin')!.byteLength
  // The mean and what it stands for, and the best weights.
  expect(files.get('callbacks.bin')!.byteLength).toBe(3 * weights)
  const { EarlyStopping: stopping, WeightAveraging: averaging } = manifest.callbacks
  const states = JSON.stringify({ stopping, averaging })
  expect(states.length).toBeLessThan(400)
})

it('names the file and the weight that is not finite, and opens it when it is asked to', async () => {
  const model = toyModel()
  const [kernel] = model.weights
  const spoil = {
    onSavePoint: () => {
      kernel!.write(tf.fill(kernel!.shape as number[], NaN))
    },
  }
  const fit = new Trainer({ rootDir: temporaryFolder(), callbacks: [spoil] })
  await expect(fit.fit(new Classifier(model), toyData())).rejects.toThrow('finite loss')
  const { runDir } = fit
  const names = readdirSync(join(runDir!, 'checkpoints')).filter((name) => !name.endsWith('.json'))
  const path = join(runDir!, 'checkpoints', names[0]!)
  await expect(readCheckpoint(path)).rejects.toThrow(
    /weights\.bin: expected finite weights, received NaN in fc1\/kernel, value 0/,
  )
  expect((await readCheckpoint(path, { allowNonFinite: true })).path).toBe(path)
})
