import { seedEverything, Trainer, type TrainerOptions } from '@ductus/training'
import { describe, expect, it } from 'vitest'

describe('Trainer options', () => {
  it('name the nearest for one that is unknown', () => {
    expect(() => new Trainer({ maxEpoch: 3 } as TrainerOptions)).toThrow(
      'Trainer: unknown option "maxEpoch". Did you mean maxEpochs?',
    )
  })

  it.each([
    [{ maxEpochs: 1.5 }, 'expected maxEpochs to be a whole number of at least 0, received 1.5'],
    [{ limitTrainBatches: -1 }, 'expected limitTrainBatches'],
    [{ name: 'a/b' }, 'expected name to be a name that can be a folder, received "a/b"'],
    [{ name: '..' }, 'expected name'],
    [{ gradientClip: { norm: 0 } }, 'expected gradientClip to be { norm } or { value }'],
    [{ seed: -1 }, 'expected seed to be a whole number from 0 to 4294967295, received -1'],
    [
      { reporter: {} as never },
      'expected reporter to be an object with info(), warn() and progress()',
    ],
    [{ maxEpochs: 2, minEpochs: 3 }, 'expected minEpochs of at most maxEpochs (2), received 3'],
    [{ valCheckInterval: 0 }, 'expected valCheckInterval'],
  ] as [TrainerOptions, string][])('%j is refused with the fix', (options, message) => {
    expect(() => new Trainer(options)).toThrow(message)
  })

  it('take the seed 42, or that of seedEverything', () => {
    expect(new Trainer().seed).toBe(42)
    expect(seedEverything(7)).toBe(7)
    expect(new Trainer().seed).toBe(7)
    expect(seedEverything()).toBe(42)
    expect(new Trainer({ seed: 1 }).seed).toBe(1)
    expect(() => seedEverything(1.5)).toThrow('seedEverything: expected a whole number')
  })

  it('need a fit before a test without module and data', async () => {
    await expect(new Trainer().test()).rejects.toThrow('Give them, or fit first.')
  })
})
