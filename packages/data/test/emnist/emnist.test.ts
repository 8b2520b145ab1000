import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EMNIST, emnistMapping, readSafetensors, type EmnistOptions } from '@ductus/data'
import { dataFolder } from '../helpers/data-folder.js'
import { emnistFiles, placeArchive, writeFiles } from '../helpers/emnist-files.js'
import { idxImages } from '../helpers/idx-files.js'
import { gzipSync } from 'node:zlib'

type Split = EmnistOptions['split']

/** EMNIST of a small split in a folder of official names. */
async function fromFolder(split: Split, options: Partial<EmnistOptions> = {}, perClass = 4) {
  const dataDir = await dataFolder()
  const folder = await writeFiles(join(dataDir, 'mine'), emnistFiles(split, perClass))
  const warnings: string[] = []
  const reporter = { warn: (line: string) => void warnings.push(line) }
  const make = (more: Partial<EmnistOptions> = {}) =>
    new EMNIST({ split, emnistFiles: folder, ...options, ...more }, { dataDir, reporter })
  return { dataDir, folder, warnings, make, cache: join(dataDir, 'processed', 'emnist') }
}

async function countsOf(data: EMNIST): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const loader of [data.trainDataLoader(), data.valDataLoader()]) {
    for await (const { y } of loader.batches(0)) {
      for (const value of y) {
        const character = emnistMapping[value] ?? ''
        counts.set(character, (counts.get(character) ?? 0) + 1)
      }
    }
  }
  return counts
}

describe('the mapping', () => {
  it('has 83 classes in the courses’ order', () => {
    expect(emnistMapping).toHaveLength(83)
    expect(emnistMapping.slice(0, 6)).toEqual(['<B>', '<S>', '<E>', '<P>', '0', '1'])
    expect(emnistMapping.indexOf('A')).toBe(14)
    expect(emnistMapping.indexOf('a')).toBe(40)
    expect(emnistMapping.slice(66).join('')).toBe(' !"#&\'()*+,-./:;?')
  })
})

describe('a folder of files under the official names', () => {
  it('is split 80 / 20, with images upright and classes by the mapping', async () => {
    const { make } = await fromFolder('byclass', { batchSize: 10 })
    const data = make()
    await data.setup('fit')
    const loaders = [data.trainDataLoader(), data.valDataLoader(), data.testDataLoader()]
    expect(loaders.map((loader) => loader.dataset.length)).toEqual([198, 50, 124])
    const { x, y } = data.testDataLoader().batch(0, 0)
    expect(Array.from(y)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    expect(x[5 * 28 + 2]).toBeCloseTo(200 / 255, 6)
    expect(x[2 * 28 + 5]).toBe(0)
  })

  it('says that it is unverified', async () => {
    const { make, folder } = await fromFolder('digits')
    const data = make()
    await data.setup('fit')
    expect(data.describe()).toContain(`${folder}, unverified`)
    expect(data.describe()).toMatch(/Classes: 83[^]*Split: digits, with images of 0123456789/)
  })

  it('lends letters labels that begin at 1', async () => {
    const { make } = await fromFolder('letters')
    const data = make()
    await data.setup('fit')
    const counts = await countsOf(data)
    expect([...counts.keys()].sort().join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  })

  it('is refused when a file is missing, by name', async () => {
    const { make, folder } = await fromFolder('digits')
    await rm(join(folder, 'emnist-digits-test-images-idx3-ubyte.gz'))
    await expect(make().prepareData()).rejects.toThrow(
      /received no emnist-digits-test-images-idx3-ubyte\.gz/,
    )
  })

  it('is refused when its labels are not of the split', async () => {
    const { make, folder } = await fromFolder('digits')
    const files = emnistFiles('balanced')
    for (const [name, bytes] of Object.entries(files)) {
      await writeFile(join(folder, name.replace('balanced', 'digits')), bytes)
    }
    await expect(make().prepareData()).rejects.toThrow(
      /expected labels of split digits, received 10/,
    )
  })

  it.each([
    ['magic number', idxImages(40, { magic: 0x00000802 }), /magic number 0x00000803/],
    ['size of images', idxImages(40, { height: 14 }), /28×28, received 14×28/],
    ['number of images', idxImages(39), /an image for each of 40 labels, received 39/],
    ['length', idxImages(40).subarray(0, 20_000), /expected 31376 bytes, received 20000/],
  ])('is refused when images have a wrong %s', async (_what, images, message) => {
    const { make, folder } = await fromFolder('digits')
    await writeFile(join(folder, 'emnist-digits-train-images-idx3-ubyte.gz'), gzipSync(images))
    await expect(make().prepareData()).rejects.toThrow(message)
  })

  it('is refused when its mapping file disagrees', async () => {
    const { make, folder } = await fromFolder('digits')
    const lines = Array.from({ length: 10 }, (_, label) => `${label} ${48 + label}\r\n`)
    const mapping = join(folder, 'emnist-digits-mapping.txt')
    await writeFile(mapping, lines.join(''))
    await make().prepareData()
    await rm(join(folder, '..', 'processed'), { recursive: true })
    await writeFile(mapping, lines.join('').replace('3 51', '3 65'))
    await expect(make().prepareData()).rejects.toThrow(/label 3 to be "3", received "A"/)
    await writeFile(mapping, lines.slice(1).join(''))
    await expect(make().prepareData()).rejects.toThrow(/expected 10 labels, received 9/)
  })
})

describe('balancing', () => {
  /** 47 classes; labels i mod 47 for most, then 200 more of class 0. */
  async function uneven(options: Partial<EmnistOptions>) {
    const made = await fromFolder('digits', options, 4)
    const label = (i: number): number => (i < 40 ? i % 10 : 0)
    const { idxLabels } = await import('../helpers/idx-files.js')
    await writeFiles(made.folder, {
      'emnist-digits-train-images-idx3-ubyte.gz': gzipSync(idxImages(240)),
      'emnist-digits-train-labels-idx1-ubyte.gz': gzipSync(idxLabels(240, { label })),
    })
    const data = made.make()
    await data.setup('fit')
    return countsOf(data)
  }

  it('takes of each class at most the mean over the classes present', async () => {
    const counts = await uneven({})
    expect(counts.get('0')).toBe(24)
    expect(counts.get('7')).toBe(4)
  })

  it('can be left out', async () => {
    expect((await uneven({ balance: false })).get('0')).toBe(204)
  })

  it('can follow the lab: mean over all bins up to the last, with replacement, each once', async () => {
    const counts = await uneven({ labSampling: true })
    // 240 images over the 14 bins 0 … 13, four of them empty: 17 draws a class.
    expect(counts.get('0')).toBeGreaterThan(13)
    expect(counts.get('0')).toBeLessThanOrEqual(17)
    expect(counts.get('7')).toBeLessThanOrEqual(4)
  })
})

describe('the cache', () => {
  it('holds images and classes, and spares the files', async () => {
    const { make, cache, folder } = await fromFolder('digits')
    const first = make()
    await first.setup('fit')
    const expected = first.trainDataLoader().batch(0, 0)
    const [name = ''] = await readdir(cache)
    const file = await readSafetensors(join(cache, name))
    expect(file?.tensors.x_train?.shape).toEqual([40, 28, 28])
    expect(file?.tensors.y_test?.shape).toEqual([20])
    expect(file?.metadata).toMatchObject({ format: 'ductus.emnist', split: 'digits' })
    const before = (await readFile(join(cache, name))).toString('latin1')
    const second = make()
    await second.setup('fit')
    expect(second.trainDataLoader().batch(0, 0)).toEqual(expected)
    expect((await readFile(join(cache, name))).toString('latin1')).toBe(before)
    await writeFiles(folder, emnistFiles('digits', 6))
    await make().prepareData()
    expect(await readdir(cache)).toHaveLength(2)
  })

  it.each([
    ['a byte is wrong', (bytes: Buffer) => bytes.fill(77, bytes.length - 300, bytes.length - 299)],
    ['it ends early', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ['it is no such file', () => Buffer.from('something else altogether')],
  ])('is made again when %s', async (_what, spoil) => {
    const { make, cache, warnings } = await fromFolder('digits')
    const first = make()
    await first.setup('fit')
    const expected = first.trainDataLoader().batch(0, 0)
    const path = join(cache, (await readdir(cache))[0] ?? '')
    const good = await readFile(path)
    await writeFile(path, spoil(Buffer.from(good)))
    const second = make()
    await second.setup('fit')
    expect(second.trainDataLoader().batch(0, 0)).toEqual(expected)
    expect(warnings).toEqual([expect.stringContaining('It is made again')])
    expect(await readFile(path)).toEqual(good)
    expect(await readdir(cache)).toHaveLength(1)
  })
})

describe('the official archive', () => {
  const all = { ...emnistFiles('digits'), ...emnistFiles('balanced') }

  it('gives a split from its members', async () => {
    const dataDir = await dataFolder()
    await placeArchive(dataDir, all)
    const data = new EMNIST({ split: 'digits' }, { dataDir })
    await data.setup('fit')
    expect(data.trainDataLoader().dataset).toHaveLength(32)
    expect(data.describe()).toContain('official, checked by SHA-256')
  })

  it('is not missed once the cache is there', async () => {
    const dataDir = await dataFolder()
    await placeArchive(dataDir, all)
    await new EMNIST({ split: 'digits' }, { dataDir }).prepareData()
    await rm(join(dataDir, 'downloaded'), { recursive: true })
    await new EMNIST({ split: 'digits' }, { dataDir }).prepareData()
  })

  it('gives way to single files, each checked', async () => {
    const dataDir = await dataFolder()
    await placeArchive(dataDir, all)
    await rm(join(dataDir, 'downloaded'), { recursive: true })
    const folder = join(dataDir, 'downloaded', 'emnist')
    await writeFiles(folder, emnistFiles('digits'))
    await new EMNIST({ split: 'digits' }, { dataDir }).prepareData()
    await rm(join(dataDir, 'processed'), { recursive: true })
    const name = 'emnist-digits-train-labels-idx1-ubyte.gz'
    await writeFile(join(folder, name), gzipSync('other'))
    await expect(new EMNIST({ split: 'digits' }, { dataDir }).prepareData()).rejects.toThrow(
      /expected the files of split digits/,
    )
  })

  it('is refused when a member is damaged, whatever the archive’s checksum', async () => {
    const dataDir = await dataFolder()
    const spoil = (zip: Buffer): Buffer => {
      const at = zip.indexOf('emnist-digits-train-images') + 80
      zip[at] = (zip[at] as number) ^ 255
      return zip
    }
    await placeArchive(dataDir, all, { spoil })
    await expect(new EMNIST({ split: 'digits' }, { dataDir }).prepareData()).rejects.toThrow(
      // By the archive's sum or by gzip's own, whichever finds it first.
      /gzip\.zip.*gzip\/emnist-digits-train-images/,
    )
    // The other members are as good as before.
    await new EMNIST({ split: 'balanced' }, { dataDir }).prepareData()
  })

  it('is refused when a member is whole but not the official one', async () => {
    const dataDir = await dataFolder()
    const other = { ...all, ...emnistFiles('digits', 6) }
    await placeArchive(dataDir, other, { known: all })
    await expect(new EMNIST({ split: 'digits' }, { dataDir }).prepareData()).rejects.toThrow(
      /expected SHA-256 [0-9a-f]{64} of gzip\/emnist-digits-train-labels/,
    )
    expect(await readdir(join(dataDir, 'processed', 'emnist'))).toEqual([])
  })

  it('is refused when a member is missing, by name', async () => {
    const dataDir = await dataFolder()
    await placeArchive(dataDir, all)
    await expect(new EMNIST({ split: 'letters' }, { dataDir }).prepareData()).rejects.toThrow(
      /expected a member gzip\/emnist-letters-train-labels-idx1-ubyte\.gz, received none/,
    )
  })

  it('is named with its place when there is none, and a MATLAB archive is no substitute', async () => {
    const dataDir = await dataFolder()
    await placeArchive(dataDir, all)
    await rm(join(dataDir, 'downloaded', 'emnist', 'gzip.zip'))
    const prepared = () => new EMNIST({ split: 'digits' }, { dataDir }).prepareData()
    await expect(prepared()).rejects.toMatchObject({ code: 'files-missing' })
    await expect(prepared()).rejects.toThrow(join(dataDir, 'downloaded', 'emnist'))
    await writeFiles(join(dataDir, 'downloaded', 'emnist'), { 'matlab.zip': Buffer.from('PK') })
    await expect(prepared()).rejects.toThrow(/MATLAB files are not read: get gzip\.zip/)
  })
})
