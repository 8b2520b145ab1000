import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import yauzl from 'yauzl'
import { DataError, messageOf } from '../errors/data-error.js'

/** Is an open zip archive; its members are read one at a time, streamed and checked. */
export interface ZipArchive {
  readonly path: string
  /** Names of the members, in the archive's order. */
  readonly names: readonly string[]
  /**
   * Streams a member. The end comes only when its CRC-32 (and `sha256`, where that is given) are right;
   * otherwise a `bad-file` error does.
   */
  read(name: string, expected?: { sha256?: string }): AsyncGenerator<Buffer, void, void>
  close(): void
}

/** Opens a zip archive and reads its directory. */
export async function openZip(path: string): Promise<ZipArchive> {
  const entries = new Map<string, yauzl.Entry>()
  let file: yauzl.ZipFile
  try {
    file = await open(path)
    await list(file, entries)
  } catch (error) {
    throw bad(path, 'a zip archive', messageOf(error), error)
  }
  return {
    path,
    names: [...entries.keys()],
    read: (name, expected = {}) => readMember(path, file, entries.get(name), name, expected),
    close: () => file.close(),
  }
}

function open(path: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, file) => {
      if (error === null) resolve(file)
      else reject(error)
    })
  })
}

function list(file: yauzl.ZipFile, entries: Map<string, yauzl.Entry>): Promise<void> {
  return new Promise((resolve, reject) => {
    file.on('entry', (entry: yauzl.Entry) => {
      entries.set(entry.fileName, entry)
      file.readEntry()
    })
    file.on('end', resolve)
    file.on('error', reject)
    file.readEntry()
  })
}

async function* readMember(
  path: string,
  file: yauzl.ZipFile,
  entry: yauzl.Entry | undefined,
  name: string,
  expected: { sha256?: string },
): AsyncGenerator<Buffer, void, void> {
  if (entry === undefined) throw bad(path, `a member ${name}`, 'none of that name')
  let crc = 0
  const hash = createHash('sha256')
  try {
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      file.openReadStream(entry, (error, opened) => {
        if (error === null) resolve(opened)
        else reject(error)
      })
    })
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      crc = crc32(chunk, crc)
      if (expected.sha256 !== undefined) hash.update(chunk)
      yield chunk
    }
  } catch (error) {
    if (error instanceof DataError) throw error
    throw bad(path, `a whole member ${name}`, messageOf(error), error)
  }
  if (crc !== entry.crc32) {
    throw bad(path, `CRC-32 ${hex(entry.crc32)} of ${name}`, hex(crc))
  }
  if (expected.sha256 !== undefined) {
    const found = hash.digest('hex')
    if (found !== expected.sha256) {
      throw bad(path, `SHA-256 ${expected.sha256} of ${name}`, found)
    }
  }
}

function bad(path: string, expected: string, received: string, cause?: unknown): DataError {
  return new DataError(
    'bad-file',
    `${path}: expected ${expected}, received ${received}. Remove the file and get it again.`,
    { cause },
  )
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
