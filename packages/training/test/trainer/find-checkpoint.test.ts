import { cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { useBackend } from '@ductus/backend'
import { findCheckpoint, findRunFolder, Trainer } from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { Scripted } from '../support/scripted.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'

beforeAll(async () => {
  await useBackend('cpu')
})

/** A run whose best checkpoint is that of epoch 1 and whose last one is that of epoch 3. */
async function fit(rootDir = temporaryFolder(), name = 'default') {
  const trainer = new Trainer({ maxEpochs: 3, rootDir, name, limitTrainBatches: 1 })
  const module = new Scripted([1, 2, 3])
  const result = await trainer.fit(module, toyData())
  const { runDir, bestCheckpoint, lastCheckpoint } = result
  expect(bestCheckpoint).not.toBe(lastCheckpoint)
  return { rootDir, trainer, module, run: runDir!, best: bestCheckpoint!, last: lastCheckpoint! }
}

describe('findCheckpoint', () => {
  it('takes the best of a run to evaluate and the last to resume, however the run is named', async () => {
    const { rootDir, run, best, last } = await fit()
    const places = [run, join(run, 'checkpoints'), dirname(run), rootDir]
    for (const wanted of places) {
      expect(await findCheckpoint(wanted)).toBe(best)
      expect(await findCheckpoint(wanted, { purpose: 'resume' })).toBe(last)
    }
    for (const place of [{ rootDir }, { rootDir, name: 'default' }, { runDir: run }]) {
      expect(await findCheckpoint(undefined, place)).toBe(best)
      expect(await findCheckpoint(undefined, { ...place, purpose: 'resume' })).toBe(last)
      expect(await findCheckpoint('last', place)).toBe(last)
      expect(await findCheckpoint('best', { ...place, purpose: 'resume' })).toBe(best)
    }
    expect(await findCheckpoint(last)).toBe(last)
  })

  it('is what a Trainer evaluates and resumes', async () => {
    const { rootDir, run, best, last, module } = await fit()
    const trainer = new Trainer({ rootDir })
    expect((await trainer.validate(module, toyData(), { checkpoint: run })).checkpoint).toBe(best)
    expect((await trainer.validate(module, toyData(), { checkpoint: 'last' })).checkpoint).toBe(
      last,
    )
    const again = new Trainer({ rootDir, maxEpochs: 3, limitTrainBatches: 1 })
    expect((await again.fit(module, toyData(), { resume: run })).epochs).toBe(3)
  })

  it('takes the latest version of a name, and the latest run of all', async () => {
    const rootDir = temporaryFolder()
    const first = await fit(rootDir, 'a')
    const second = await fit(rootDir, 'a')
    const other = await fit(rootDir, 'b')
    utimesSync(join(second.run, 'checkpoints'), 2e9, 2e9)
    expect(await findCheckpoint(join(rootDir, 'a'))).toBe(second.best)
    expect(await findCheckpoint(undefined, { rootDir, name: 'b' })).toBe(other.best)
    expect(await findCheckpoint(undefined, { rootDir })).toBe(second.best)
    expect(await findRunFolder('a', { rootDir })).toBe(second.run)
    expect(await findRunFolder(first.run)).toBe(first.run)
    expect(await findRunFolder('none', { rootDir })).toBeUndefined()
  })

  it('evaluates the last one where none is the best, and says what there is where none is the last', async () => {
    const { run, best, last } = await fit()
    rmSync(join(run, 'checkpoints', 'best.json'))
    expect(await findCheckpoint(run)).toBe(last)
    await expect(findCheckpoint('best', { runDir: run })).rejects.toThrow(
      /which has no best checkpoint\. Give one of those in .*epoch=/,
    )
    rmSync(join(run, 'checkpoints', 'last.json'))
    await expect(findCheckpoint(run, { purpose: 'resume' })).rejects.toThrow(
      'which has no last checkpoint',
    )
    rmSync(best, { recursive: true })
  })

  it('says that a checkpoint is gone, rather than take another', async () => {
    const { run, best } = await fit()
    rmSync(best, { recursive: true })
    await expect(findCheckpoint(run)).rejects.toThrow(
      `expected the checkpoint ${basename(best)} beside it, received none`,
    )
  })

  it('says what is no checkpoint', async () => {
    const folder = temporaryFolder()
    const rootDir = join(folder, 'runs')
    await expect(findCheckpoint(join(folder, 'none'))).rejects.toThrow('where there is no folder')
    await expect(findCheckpoint(folder)).rejects.toThrow('which is neither')
    await expect(findCheckpoint('best', { rootDir, name: 'x' })).rejects.toThrow(
      `received a run named "x" in "${rootDir}", where there is none`,
    )
  })

  it.each([
    ['model.safetensors', 'an exported safetensors file'],
    ['model.onnx', 'an exported ONNX file'],
    ['keras.h5', 'an exported Keras file'],
    ['notes.txt', 'a file of another kind'],
  ])('says that %s is %s, and what to give', async (name, kind) => {
    const file = join(temporaryFolder(), name)
    writeFileSync(file, 'x')
    await expect(findCheckpoint(file)).rejects.toMatchObject({
      code: 'CHECKPOINT_FOREIGN',
      message: expect.stringMatching(
        new RegExp(`${kind}.*Give the checkpoint that it was exported from.*best or last`),
      ) as string,
    })
  })

  it('says that a folder is an exported network', async () => {
    const folder = join(temporaryFolder(), 'model-tfjs')
    mkdirSync(folder)
    cpSync(join((await fit()).best, 'model'), folder, { recursive: true })
    await expect(findCheckpoint(folder)).rejects.toThrow('an exported TensorFlow.js folder')
  })
})
