import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  Classifier,
  JSONLLogger,
  MLflowLogger,
  ModelCheckpoint,
  ParameterHistory,
  SamplePredictions,
  silentReporter,
  TensorBoardLogger,
  Timer,
  Trainer,
  type Callback,
  type Logger,
} from '@ductus/training'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CheckpointStore } from '../../src/checkpoints/checkpoint-store.js'
import { editSealed, sealed, setField } from '../support/sealed.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

/** A finished run, and beside its root folder what it must not touch. */
let made: string
let folder: string
let run: string
let victim: string

const callbacks = (): Callback[] => [
  new ModelCheckpoint({ saveTopK: 1 }),
  new ParameterHistory({ everyNSteps: 3 }),
  new SamplePredictions({ samples: 2 }),
  new Timer(),
]
const loggers = (): Logger[] => [new TensorBoardLogger(), new JSONLLogger()]

function trainer(
  rootDir: string,
  maxEpochs: number,
  own: Partial<{ loggers: Logger[] }> = {},
): Trainer {
  return new Trainer({ rootDir, maxEpochs, callbacks: callbacks(), loggers: loggers(), ...own })
}

async function resume(from = 'last', own: Partial<{ loggers: Logger[] }> = {}) {
  const runs = join(folder, 'runs')
  return trainer(runs, 3, own).fit(new Classifier(toyModel()), toyData(), { resume: from })
}

const lastCheckpoint = (): string => {
  const { checkpoint } = JSON.parse(
    readFileSync(join(run, 'checkpoints', 'last.json'), 'utf8'),
  ) as { checkpoint: string }
  return join(run, 'checkpoints', checkpoint)
}
const editLast = (field: string, value: unknown): void => {
  editSealed(join(lastCheckpoint(), 'checkpoint.json'), (manifest) => {
    setField(manifest, field, value)
  })
}

/** Every file and its content, but for the run's. */
function outside(): Record<string, string> {
  const names = readdirSync(victim, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(victim, name)
      return [name, existsSync(join(path, '.')) ? 'folder' : readFileSync(path, 'utf8')]
    }),
  )
}

beforeAll(async () => {
  await useBackend('cpu')
  const { mkdtempSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  made = mkdtempSync(join(tmpdir(), 'ductus-training-'))
  await trainer(join(made, 'runs'), 2).fit(new Classifier(toyModel()), toyData())
  return () => {
    rmSync(made, { recursive: true })
  }
})

beforeEach(() => {
  folder = temporaryFolder()
  cpSync(made, folder, { recursive: true })
  run = join(folder, 'runs', 'default', 'version_0')
  victim = join(folder, 'victim')
  mkdirSync(join(victim, 'thesis'), { recursive: true })
  writeFileSync(join(victim, 'thesis', 'important.txt'), 'years of work')
  writeFileSync(join(victim, 'important.txt'), 'more of it')
})

describe('a run folder that someone crafted', () => {
  it('removes no folder of the user: a kept checkpoint is a plain name', async () => {
    const before = outside()
    const kept = [{ name: '../../../../../victim/thesis', score: 99 }]
    editLast('callbacks.ModelCheckpoint.kept', kept)
    await expect(resume()).rejects.toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
      message: expect.stringMatching(
        /checkpoint\.json: callbacks\.ModelCheckpoint\.kept\[0\]\.name: expected one plain name inside its folder/,
      ) as string,
    })
    expect(outside()).toEqual(before)
  })

  it('removes no folder of the user: last.json names a plain folder', async () => {
    const before = outside()
    const pointer = { format: 'ductus-checkpoint-pointer', version: 2 }
    const checkpoint = 'last-x/../../../../../victim/thesis'
    writeFileSync(join(run, 'checkpoints', 'last.json'), sealed({ ...pointer, checkpoint }))
    await expect(resume()).rejects.toThrow(/last\.json: checkpoint: expected one plain name/)
    cpSync(join(made, 'runs'), join(folder, 'runs'), { recursive: true })
    const best = sealed({ ...pointer, checkpoint: '../../../../victim' })
    writeFileSync(join(run, 'checkpoints', 'best.json'), best)
    await expect(resume(lastCheckpointOf(made))).rejects.toThrow(/best\.json: checkpoint/)
    expect(outside()).toEqual(before)
  })

  it('overwrites no file of the user: the event file is a plain name', async () => {
    const before = outside()
    const state = { file: '../../../../../victim/important.txt', bytes: 0 }
    editLast('loggers.tensorboard', state)
    await expect(resume()).rejects.toThrow(/checkpoint\.json: loggers\.tensorboard\.file: /)
    expect(outside()).toEqual(before)
  })

  it.each([
    ['loggers.tensorboard.bytes', -1],
    ['loggers.tensorboard.bytes', 1e300],
    ['loggers.jsonl.rows', '3'],
    ['callbacks.Timer.usedMs.train', { $number: 'NaN' }],
    ['callbacks.ParameterHistory.records', -4],
    ['callbacks.SamplePredictions', 'text'],
    ['loop.step', -2],
    ['loop.phase', 'dance'],
    ['loop.epoch', 0.5],
    ['models.model.weights[0].dtype', 'float16'],
    ['models.model.weights[0].length', 8],
    ['optimizers.optimizer.slots[1].slot', undefined],
    ['seed', null],
  ])('is refused where %s is wrong, before anything is changed', async (field, value) => {
    editLast(field, value)
    const before = readdirSync(run, { recursive: true }).sort()
    await expect(resume()).rejects.toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
      message: expect.stringContaining(`checkpoint.json: ${field}`) as string,
    })
    expect(readdirSync(run, { recursive: true }).sort()).toEqual(before)
  })

  it.each(['models', 'files'])('is refused where a name in %s leads out', async (field) => {
    editSealed(join(lastCheckpoint(), 'checkpoint.json'), (manifest) => {
      setField(manifest, `${field}.x`, undefined)
      const named = manifest[field] as Record<string, unknown>
      named['../x'] = Object.values(named)[0]
    })
    await expect(resume()).rejects.toThrow(
      /checkpoint\.json: \w+\.\.\.\/x: expected (one plain|a path inside)/,
    )
  })

  it('lengthens no file by a count that is too high', async () => {
    editLast('callbacks.ParameterHistory.records', 1e9)
    await expect(resume()).rejects.toThrow(/values\.bin: expected at least \d+ bytes, received/)
  })

  it('begins another event file where the old one is shorter than it was', async () => {
    editLast('loggers.tensorboard.bytes', 1e15)
    await resume()
    expect(readdirSync(join(run, 'tensorboard'))).toHaveLength(2)
  })

  it.each([
    ['tensorboard', true],
    ['metrics.jsonl', false],
    ['metrics.jsonl.tmp', false],
    ['sample-predictions/0.png', false],
    ['checkpoints/stray', true],
  ])('is refused where %s is a link to elsewhere', async (name, isFolder) => {
    const before = outside()
    rmSync(join(run, name), { recursive: true, force: true })
    symlinkSync(isFolder ? victim : join(victim, 'important.txt'), join(run, name))
    await expect(resume()).rejects.toMatchObject({
      code: 'FILE_SYSTEM',
      message: expect.stringContaining('received a link to') as string,
    })
    expect(outside()).toEqual(before)
  })

  it('is refused where its checkpoints are elsewhere', async () => {
    cpSync(join(run, 'checkpoints'), join(victim, 'checkpoints'), { recursive: true })
    writeFileSync(join(victim, 'checkpoints', '.notes.tmp'), 'not of Ductus')
    const before = outside()
    rmSync(join(run, 'checkpoints'), { recursive: true })
    symlinkSync(join(victim, 'checkpoints'), join(run, 'checkpoints'))
    await expect(resume()).rejects.toThrow('received a link to')
    expect(outside()).toEqual(before)
  })

  it('goes to a server with an id, not with any value', async () => {
    editLast('loggers.mlflow', { runId: { $ne: 1 } })
    const mlflow = new MLflowLogger({ trackingUri: 'http://127.0.0.1:9' })
    await expect(resume('last', { loggers: [mlflow] })).rejects.toThrow('loggers.mlflow.runId: ')
  })
})

describe('a store of checkpoints', () => {
  it('removes a link, and nothing behind it', async () => {
    const before = outside()
    symlinkSync(victim, join(run, 'checkpoints', 'linked'))
    await new CheckpointStore(run).remove('linked')
    expect(existsSync(join(run, 'checkpoints', 'linked'))).toBe(false)
    expect(outside()).toEqual(before)
  })

  it('takes no name that leads out of it', async () => {
    const store = new CheckpointStore(run)
    for (const name of ['..', '../../x', '/etc', '']) {
      expect(() => store.path(name)).toThrow('expected one plain name')
      await expect(store.remove(name)).rejects.toThrow('expected one plain name')
      await expect(store.write(name, {})).rejects.toThrow('expected one plain name')
    }
  })
})

describe('a pointer or hparams.json that is no good is an error, never a new run', () => {
  const pointer = { format: 'ductus-checkpoint-pointer', version: 2 }
  it.each([
    ['empty', ''],
    ['cut', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['without a format', '{"checkpoint":5}'],
    ['of an older version', sealed({ ...pointer, version: 1, checkpoint: 'x' })],
    ['with a number', sealed({ ...pointer, checkpoint: 5 })],
    ['to nothing', sealed({ ...pointer, checkpoint: 'gone' })],
    ['edited', sealed({ ...pointer, checkpoint: 'aone' }).replace('aone', 'gone')],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('last.json %s', async (_, content) => {
    writeFileSync(join(run, 'checkpoints', 'last.json'), content)
    await expect(resume()).rejects.toMatchObject({
      name: 'TrainingError',
      message: expect.stringContaining(join(run, 'checkpoints', 'last.json')) as string,
    })
    expect(readdirSync(join(folder, 'runs', 'default'))).toEqual(['version_0'])
  })

  it.each([
    ['empty', ''],
    ['another list', '[1]'],
    ['of an older version', sealed({ format: 'ductus-hparams', version: 1 })],
    ['foreign', '{"lr":0.1}'],
  ])('hparams.json %s', async (_, content) => {
    writeFileSync(join(run, 'hparams.json'), content)
    await expect(resume()).rejects.toMatchObject({
      name: 'TrainingError',
      message: expect.stringContaining(join(run, 'hparams.json')) as string,
    })
    expect(readFileSync(join(run, 'hparams.json'), 'utf8')).toBe(content)
  })

  it('but where there is no run yet one begins, and it is said', async () => {
    const lines: string[] = []
    const fitted = await new Trainer({
      rootDir: join(folder, 'others'),
      callbacks: [],
      reporter: { ...silentReporter, info: (line) => lines.push(line) },
    }).fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
    expect(fitted.status).toBe('completed')
    expect(lines).toContainEqual(expect.stringContaining('starting a new run'))
  })
})

function lastCheckpointOf(root: string): string {
  const place = join(root, 'runs', 'default', 'version_0', 'checkpoints')
  const { checkpoint } = JSON.parse(readFileSync(join(place, 'last.json'), 'utf8')) as {
    checkpoint: string
  }
  return join(run, 'checkpoints', checkpoint)
}
