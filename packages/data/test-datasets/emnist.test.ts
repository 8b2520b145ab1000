import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolders, EMNIST, EMNISTLines, loadText, openZip, readMetadata } from '@ductus/data'
import { readBrown } from '../src/sentences/brown-corpus.js'
import { dataFolder } from '../test/helpers/data-folder.js'
import { placeArchive } from '../test/helpers/emnist-files.js'
import { datasets } from './datasets.js'

const root = datasets as string
const real = join(root ?? '', 'emnist/balanced-first-2000')

describe.skipIf(datasets === undefined)('the real part of EMNIST', () => {
  it('is read from its folder: 2,000 and 2,000 characters of 47 classes', async () => {
    const options = { split: 'balanced', emnistFiles: real, balance: false } as const
    const data = new EMNIST(options, { dataDir: await dataFolder() })
    await data.setup('fit')
    const loaders = [data.trainDataLoader(), data.valDataLoader(), data.testDataLoader()]
    expect(loaders.map((loader) => loader.dataset.length)).toEqual([1600, 400, 2000])
    const classes = new Set<number>()
    for await (const { y } of data.testDataLoader().batches(0)) for (const c of y) classes.add(c)
    expect(classes.size).toBe(47)
  })

  it('is read from an archive laid out as the official one', async () => {
    const members: Record<string, Buffer> = {}
    for (const name of await readdir(real)) members[name] = await readFile(join(real, name))
    members['emnist-balanced-mapping.txt'] = await readFile(
      join(root, 'emnist/emnist-balanced-mapping.txt'),
    )
    const dataDir = await dataFolder()
    await placeArchive(dataDir, members)
    const fromZip = new EMNIST({ split: 'balanced' }, { dataDir })
    const options = { split: 'balanced', emnistFiles: real } as const
    const fromFolder = new EMNIST(options, { dataDir: await dataFolder() })
    await fromZip.setup('fit')
    await fromFolder.setup('fit')
    expect(fromZip.trainDataLoader().batch(0, 0)).toEqual(fromFolder.trainDataLoader().batch(0, 0))
    expect(fromZip.testDataLoader().batch(0, 0)).toEqual(fromFolder.testDataLoader().batch(0, 0))
  })

  it('is upright: MNIST’s mean digits fit EMNIST’s digits better than their transposes', async () => {
    const { MNIST } = await import('@ductus/data')
    const mnist = new MNIST({ normalize: false, batchSize: 5000 })
    await mnist.setup('fit')
    const { x, y, size } = mnist.trainDataLoader().batch(0, 0)
    const means = Array.from({ length: 10 }, () => new Float64Array(784))
    for (let i = 0; i < size; i++) {
      for (let p = 0; p < 784; p++) {
        const mean = means[y[i] as number] as Float64Array
        mean[p] = (mean[p] as number) + (x[i * 784 + p] as number)
      }
    }
    const options = { split: 'balanced', emnistFiles: real, testBatchSize: 2000 } as const
    const emnist = new EMNIST(options, { dataDir: await dataFolder() })
    await emnist.setup('fit')
    const test = emnist.testDataLoader().batch(0, 0)
    let [upright, turned] = [0, 0]
    for (let i = 0; i < test.size; i++) {
      const mean = means[(test.y[i] as number) - 4]
      if (mean === undefined) continue
      for (let p = 0; p < 784; p++) {
        const ink = test.x[i * 784 + p] as number
        upright += ink * (mean[p] as number)
        turned += ink * (mean[(p % 28) * 28 + Math.floor(p / 28)] as number)
      }
    }
    expect(upright).toBeGreaterThan(turned * 1.1)
  })

  it('has official checksums that agree with the list beside it', async () => {
    const list = await readFile(join(root, 'emnist/OFFICIAL-SHA256.txt'), 'utf8')
    const metadata = await readMetadata('emnist', dataFolders('emnist', { dataDir: '/nowhere' }))
    const rows = metadata.files.filter((file) => file.name !== 'gzip.zip')
    expect(rows).toHaveLength(24)
    for (const { name, sizeBytes, checksum } of rows) {
      expect(list).toContain(`${checksum.hex} ${sizeBytes} gzip/${name}`)
    }
  })

  it('makes lines with the Brown corpus', async () => {
    const options = { split: 'balanced', emnistFiles: real, numTrain: 100, numVal: 20 } as const
    const data = new EMNISTLines(
      { ...options, numTest: 20 },
      { dataDir: await dataFolder(), mirror: root },
    )
    await data.setup('fit')
    const { x, y, xShape } = data.trainDataLoader().batch(0, 0)
    expect(xShape).toEqual([100, 28, 896, 1])
    expect(Math.max(...x.subarray(0, 28 * 896))).toBe(1)
    expect(new Set(y).size).toBeGreaterThan(30)
  })
})

describe.skipIf(datasets === undefined)('the Brown corpus', () => {
  it('has 57,340 sentences and 1,161,192 tokens', async () => {
    const zip = await openZip(join(root, 'brown/brown.zip'))
    const sentences = await readBrown(zip)
    zip.close()
    expect(sentences).toHaveLength(57_340)
    expect(sentences.reduce((sum, words) => sum + words.length, 0)).toBe(1_161_192)
    expect(sentences[0]?.slice(0, 5)).toEqual(['The', 'Fulton', 'County', 'Grand', 'Jury'])
  })

  it('gives a text of letters, digits and single spaces', async () => {
    const text = await loadText({}, { dataDir: await dataFolder(), mirror: root })
    expect(text).toMatch(/^[A-Za-z0-9 ]+$/)
    expect(text).not.toContain('  ')
    expect(text.startsWith('The Fulton County Grand Jury said Friday an investigation')).toBe(true)
    expect(createHash('sha256').update(text).digest('hex')).toHaveLength(64)
  })
})
