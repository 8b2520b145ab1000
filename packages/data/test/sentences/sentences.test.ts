import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadText, sampleSentences, SentenceGenerator } from '@ductus/data'
import { dataFolder, writeMetadata } from '../helpers/data-folder.js'
import { writeFiles } from '../helpers/emnist-files.js'
import { zipFile } from '../helpers/zip-file.js'

async function textFile(text: string | Uint8Array): Promise<string> {
  const path = join(await dataFolder(), 'text.txt')
  await writeFile(path, text)
  return path
}

describe('loadText', () => {
  it('deletes ASCII punctuation and folds white space', async () => {
    const path = await textFile("The jury's (final) report,\n\n said  -- it's `over'.\t")
    expect(await loadText({ textFile: path })).toBe('The jurys final report said its over')
  })

  it.each([
    ['UTF-8 with its mark', Buffer.from('\ufeffone two')],
    ['UTF-16', Buffer.from('\ufeffone two', 'utf16le')],
    ['UTF-16, the other way round', Buffer.from('\ufeffone two', 'utf16le').swap16()],
  ])('reads %s', async (_, bytes) => {
    expect(await loadText({ textFile: await textFile(bytes) })).toBe('one two')
  })

  it.each([
    ['UTF-16 without its mark', Buffer.from('one two', 'utf16le')],
    ['Latin-1', Buffer.from('café', 'latin1')],
  ])('refuses %s, and says how to convert it', async (_, bytes) => {
    const failed = loadText({ textFile: await textFile(bytes) })
    await expect(failed).rejects.toThrow(/in another encoding\. Convert it, .*iconv/)
  })

  it('drops characters outside the mapping, or reports them when asked to', async () => {
    const path = await textFile('naïve café, 5 €')
    expect(await loadText({ textFile: path })).toBe('nave caf 5')
    await expect(loadText({ textFile: path, unknownCharacters: 'error' })).rejects.toThrow(
      /received 3 others \("ï", "é", "€"\)/,
    )
  })

  it('parses the Brown corpus’ tagged texts: a sentence a line, words before their tags', async () => {
    const dataDir = await dataFolder()
    const zip = zipFile({
      'brown/README': Buffer.from('not/nn a/at text/nn'),
      'brown/cb01': Buffer.from('\n\n\tSecond/od text/nn ./.\n'),
      'brown/ca01': Buffer.from(
        '\n\tThe/at input/output/nn ``/`` jury/nn ./.\n\n\tIt/pps ended/vbd\n',
      ),
    })
    await writeMetadata(dataDir, 'brown', { 'brown.zip': zip }, [])
    await writeFiles(join(dataDir, 'downloaded', 'brown'), { 'brown.zip': zip })
    expect(await loadText({}, { dataDir })).toBe('The inputoutput jury It ended Second text')
  })

  it('says how to get a text when there is none', async () => {
    const dataDir = await dataFolder()
    await writeMetadata(dataDir, 'brown', { 'brown.zip': Buffer.from('x') }, [])
    const failure = loadText({}, { dataDir, mirror: '' })
    await expect(failure).rejects.toThrow(join(dataDir, 'downloaded', 'brown'))
    await expect(failure).rejects.toThrow('--text-file')
    await expect(loadText({ textFile: join(dataDir, 'no.txt') })).rejects.toThrow(
      /Name a text file/,
    )
  })
})

describe('SentenceGenerator', () => {
  const text = 'one three seventeen a bb ccc dddd eeeee'

  it('gives whole words in their order, at most maxLength with the space after them', () => {
    const generator = new SentenceGenerator(text, 1)
    for (let n = 0; n < 500; n++) {
      const sentence = generator.generate(16, n)
      expect(sentence.length).toBeLessThan(16)
      expect(` ${text} `).toContain(` ${sentence} `)
    }
  })

  it('reaches every word but the last, which only ends the one before', () => {
    const generator = new SentenceGenerator(text, 1)
    const seen = new Set(Array.from({ length: 500 }, (_, n) => generator.generate(16, n)))
    expect(seen).toContain('seventeen a bb')
    expect(seen).toContain('dddd')
    expect([...seen].some((sentence) => sentence.includes('eeeee'))).toBe(false)
  })

  it('is a function of the seed and the number', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => new SentenceGenerator(text, seed))
    const take = (generator: SentenceGenerator | undefined) =>
      Array.from({ length: 20 }, (_, n) => generator?.generate(16, n))
    expect(take(a)).toEqual(take(b))
    expect(take(a)).not.toEqual(take(c))
  })

  it('says so when no word is short enough', () => {
    expect(() => new SentenceGenerator('seventeen seventeen', 0).generate(4, 0)).toThrow(
      /expected words of at most 4 characters, received none in 10 tries/,
    )
  })
})

it('samples sentences from a text file', async () => {
  const path = await textFile('to be or not to be that is the question')
  const sentences = await sampleSentences({ textFile: path, maxLength: 16, count: 4, seed: 1 })
  expect(sentences).toHaveLength(4)
  for (const sentence of sentences) expect(sentence).toMatch(/^[a-z ]{2,15}$/)
})
