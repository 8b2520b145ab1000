import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { EMNISTLines, emnistMapping, type Batch, type EmnistLinesOptions } from '@ductus/data'
import { dataFolder } from '../helpers/data-folder.js'
import { emnistFiles, writeFiles } from '../helpers/emnist-files.js'
import { idxImages, idxLabels } from '../helpers/idx-files.js'

const words = 'the quick brown fox jumps over a lazy dog while seven wizards box at night '

/**
 * Lines from byclass images that are flat: image i has the shade 40 + i mod 200 all over, so that a line's columns
 * tell which image was written where; text is a few sentences many times over.
 */
async function setting(options: Partial<EmnistLinesOptions> = {}, text = words.repeat(40)) {
  const dataDir = await dataFolder()
  const count = 62 * 8
  const files = {
    ...emnistFiles('byclass'),
    'emnist-byclass-train-images-idx3-ubyte.gz': gzipSync(
      idxImages(count, { pixel: (i) => 40 + (Math.floor(i / 784) % 200) }),
    ),
    'emnist-byclass-train-labels-idx1-ubyte.gz': gzipSync(
      idxLabels(count, { label: (i) => i % 62 }),
    ),
  }
  const folder = await writeFiles(join(dataDir, 'mine'), files)
  const textFile = join(dataDir, 'text.txt')
  await writeFile(textFile, text)
  const small = { maxLength: 12, numTrain: 24, numVal: 8, numTest: 8, batchSize: 8 }
  const make = (more: Partial<EmnistLinesOptions> = {}) =>
    new EMNISTLines({ emnistFiles: folder, textFile, ...small, ...options, ...more }, { dataDir })
  return { dataDir, make, cache: join(dataDir, 'processed', 'emnist_lines') }
}

async function linesOf(data: EMNISTLines, epoch = 0): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const batch of data.trainDataLoader().batches(epoch)) batches.push(batch)
  return batches
}

/** Copies batches whose memory serves again. */
async function copiesOf(data: EMNISTLines, epoch: number): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const batch of data.trainDataLoader().batches(epoch, 0, { reuse: true })) {
    batches.push({ ...batch, x: Float32Array.from(batch.x), y: Int32Array.from(batch.y) })
  }
  return batches
}

async function ready(data: EMNISTLines): Promise<EMNISTLines> {
  await data.setup('fit')
  return data
}

const read = (y: ArrayLike<number>): string =>
  Array.from(y, (value) => emnistMapping[value] ?? '?').join('')

describe('a line', () => {
  it('is 28 pixels high, 28 a place wide, with a class a place, padded', async () => {
    const { make } = await setting({ maxOverlap: 0 })
    const [batch] = await linesOf(await ready(make()))
    expect(batch?.xShape).toEqual([8, 28, 336, 1])
    expect(batch?.yShape).toEqual([8, 12])
    for (let i = 0; i < 8; i++) {
      const label = read(batch?.y.subarray(i * 12, i * 12 + 12) ?? [])
      expect(label).toMatch(/^[a-z ]+(<P>)+$/)
      const text = label.replaceAll('<P>', '')
      expect(text.length).toBeLessThan(10)
      expect(`${words.repeat(2)}`).toContain(` ${text} `.trim())
      // Without overlap the ink ends where the text does, and a space is blank.
      const row = batch?.x.subarray(i * 28 * 336, i * 28 * 336 + 336) ?? []
      Array.from(text).forEach((character, place) => {
        const shade = row[place * 28 + 14] as number
        if (character === ' ') expect(shade).toBe(0)
        else expect(shade).toBeGreaterThan(0.15)
      })
      expect(Math.max(...row.slice(text.length * 28))).toBe(0)
    }
  })

  it('has one sample a distinct character', async () => {
    const { make } = await setting({ maxOverlap: 0, numTrain: 100 })
    for (const batch of await linesOf(await ready(make()))) {
      for (let i = 0; i < batch.size; i++) {
        const shades = new Map<number, number>()
        for (let place = 0; place < 12; place++) {
          const label = batch.y[i * 12 + place] as number
          if (emnistMapping[label] === '<P>') continue
          const shade = batch.x[i * 28 * 336 + place * 28] as number
          expect(shades.get(label) ?? shade).toBe(shade)
          shades.set(label, shade)
        }
      }
    }
  })

  it('has a pitch of 28 − ⌊28 · overlap⌋ and ink that stops at 255 where neighbours overlap', async () => {
    const { make } = await setting({ minOverlap: 0.33, maxOverlap: 0.33 }, 'zz zz zz '.repeat(100))
    const [batch] = await linesOf(await ready(make({ splitSeed: 3 })))
    const row = Array.from(batch?.x.subarray(0, 336) ?? [])
    const text = read(batch?.y.subarray(0, 12) ?? []).replaceAll('<P>', '')
    expect(text.startsWith('zz')).toBe(true)
    const shade = Math.round((row[0] ?? 0) * 255)
    // z's shade s on columns 0–18, twice that (255 at most) on 19–27, s again up to 37.
    expect(Math.round((row[18] ?? 0) * 255)).toBe(shade)
    expect(Math.round((row[19] ?? 0) * 255)).toBe(Math.min(255, 2 * shade))
    expect(Math.round((row[27] ?? 0) * 255)).toBe(Math.min(255, 2 * shade))
    expect(Math.round((row[28] ?? 0) * 255)).toBe(shade)
    expect(row[19 + 28]).toBe(0)
    expect(2 * shade).toBeGreaterThan(255)
  })

  it('bears start and end tokens in its target when asked to', async () => {
    const { make } = await setting({ withStartEndTokens: true })
    const [batch] = await linesOf(await ready(make()))
    for (let i = 0; i < 8; i++) {
      expect(read(batch?.y.subarray(i * 12, i * 12 + 12) ?? [])).toMatch(/^<S>[a-z ]+<E>(<P>)*$/)
    }
  })

  it('borrows the upper case letter’s images where a split has merged them', async () => {
    const dataDir = await dataFolder()
    const folder = await writeFiles(join(dataDir, 'mine'), emnistFiles('letters', 20))
    const textFile = join(dataDir, 'text.txt')
    await writeFile(textFile, 'cosy mix '.repeat(200))
    const options = { split: 'letters', emnistFiles: folder, textFile, maxLength: 12 } as const
    const data = await ready(new EMNISTLines({ ...options, numTrain: 4 }, { dataDir }))
    const [batch] = await linesOf(data)
    expect(read(batch?.y.subarray(0, 3) ?? [])).toMatch(/cos|mix/)
    expect(Math.max(...(batch?.x.subarray(0, 28 * 336) ?? []))).toBeGreaterThan(0.5)
    const digits = { ...options, split: 'digits', unknownCharacters: 'error' } as const
    const none = new EMNISTLines(digits, { dataDir })
    await expect(none.prepareData()).rejects.toThrow(/that images stand for, received 7 others/)
  })
})

describe('lines that are kept', () => {
  it('are the same every time, and lie in a file whose name tells what they are', async () => {
    const { make, cache } = await setting()
    const first = await linesOf(await ready(make()))
    const [name = ''] = await readdir(cache)
    expect(name).toMatch(/^ml12_o0-0\.33_ntr24_nv8_nte8_byclass_[0-9a-f]{8}\.safetensors$/)
    expect(await linesOf(await ready(make()))).toEqual(first)
    expect(await readdir(cache)).toHaveLength(1)
    await make({ splitSeed: 7 }).prepareData()
    expect(await readdir(cache)).toHaveLength(2)
  })

  it('are made again when the file is damaged', async () => {
    const { make, cache } = await setting()
    const first = await linesOf(await ready(make()))
    const path = join(cache, (await readdir(cache))[0] ?? '')
    const bytes = await readFile(path)
    await writeFile(path, bytes.subarray(0, 5000))
    expect(await linesOf(await ready(make()))).toEqual(first)
    expect(await readFile(path)).toEqual(bytes)
  })

  it('share neither images nor stretches of text between training, validation and test', async () => {
    const numbered = Array.from({ length: 2000 }, (_, i) =>
      [...String(i).padStart(4, '0')].map((digit) => 'abcdefghij'[Number(digit)]).join(''),
    )
    const options = { maxOverlap: 0, numTrain: 200, numVal: 100, numTest: 100 }
    const { make } = await setting(options, numbered.join(' '))
    const data = await ready(make())
    const seen: { words: Set<string>; images: Set<string> }[] = []
    for (const loader of [data.trainDataLoader(), data.valDataLoader(), data.testDataLoader()]) {
      const found = { words: new Set<string>(), images: new Set<string>() }
      for await (const { x, y, size } of loader.batches(0)) {
        for (let i = 0; i < size; i++) {
          const text = read(y.subarray(i * 12, i * 12 + 12)).replaceAll('<P>', '')
          for (const word of text.split(' ')) found.words.add(word)
          Array.from(text).forEach((character, place) => {
            const shade = x[i * 28 * 336 + place * 28 + 336] as number
            if (character !== ' ') found.images.add(`${character} ${shade}`)
          })
        }
      }
      seen.push(found)
    }
    const [train, val, test] = seen
    for (const word of val?.words ?? []) expect(train?.words.has(word)).toBe(false)
    for (const word of test?.words ?? []) expect(train?.words.has(word)).toBe(false)
    for (const image of val?.images ?? []) expect(train?.images.has(image)).toBe(false)
    expect(val?.images.size).toBeGreaterThan(5)
  })
})

describe('lines on the fly', () => {
  it('are fresh every epoch, a function of seed, epoch and index whatever the workers', async () => {
    const { make, cache } = await setting({ onTheFly: true })
    const data = await ready(make())
    const [first, second] = [await linesOf(data, 0), await linesOf(data, 1)]
    expect(second).not.toEqual(first)
    expect(await linesOf(data, 1)).toEqual(second)
    const other = await ready(make({ seed: 9 }))
    expect(await linesOf(other, 1)).not.toEqual(second)
    for (const numWorkers of [1, 2]) {
      const threaded = await ready(make({ numWorkers }))
      expect(await linesOf(threaded, 1)).toEqual(second)
      expect(await copiesOf(threaded, 1)).toEqual(second)
      await threaded.teardown()
    }
    expect(await copiesOf(data, 1)).toEqual(second)
    await expect(readdir(cache)).rejects.toThrow(/ENOENT/)
  })

  it('are the kept ones in their first epoch, byte for byte, when the seeds are equal', async () => {
    const { make } = await setting({ seed: 5, splitSeed: 5 })
    const [kept, fresh] = [await ready(make()), await ready(make({ onTheFly: true }))]
    expect(await linesOf(fresh)).toEqual(await linesOf(kept))
    expect(fresh.valDataLoader().batch(0, 0)).toEqual(kept.valDataLoader().batch(0, 0))
    expect(fresh.valDataLoader().batch(3, 0)).toEqual(kept.valDataLoader().batch(0, 0))
  })
})

it('describes itself and tells a model its dims', async () => {
  const { make } = await setting()
  const data = await ready(make())
  expect(data.config()).toMatchObject({
    name: 'EMNISTLines',
    inputDims: [28, 336, 1],
    outputDims: [12],
    preprocessing: { kind: 'line', pixelScale: 255 },
  })
  const text = data.describe()
  for (const line of ['Overlap: 0 to 0.33', 'Classes: 83', 'Output dims: [12]', '24 / 8 / 8']) {
    expect(text).toContain(line)
  }
})

it('refuses a least overlap above the greatest', () => {
  expect(() => new EMNISTLines({ minOverlap: 0.5 })).toThrow(/minOverlap of at most maxOverlap/)
})
