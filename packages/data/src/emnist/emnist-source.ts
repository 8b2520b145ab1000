import { existsSync } from 'node:fs'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { createGunzip } from 'node:zlib'
import { DataError, messageOf } from '../errors/data-error.js'
import { hashFile } from '../files/checksum.js'
import type { DataContext } from '../files/data-context.js'
import { dataFolders } from '../files/data-folders.js'
import { readMetadata } from '../files/dataset-metadata.js'
import { obtainFiles } from '../files/obtain-files.js'
import { openZip, type ZipArchive } from '../formats/zip.js'
import type { EmnistSplit } from './characters.js'

/** Names the four files that a split needs. */
export type EmnistPart = 'train-images' | 'train-labels' | 'test-images' | 'test-labels'

/** Is where a split's files are read from. */
export interface EmnistSource {
  /** Streams a file's plain IDX bytes; checked by the time it ends. */
  read(part: EmnistPart): AsyncIterable<Buffer>
  /** Says what a file is called in messages. */
  nameOf(part: EmnistPart): string
  /** Gives the split's mapping file, where it comes with the images. */
  mapping(): Promise<{ text: string; where: string } | undefined>
  close(): void
}

const parts: readonly EmnistPart[] = ['train-images', 'train-labels', 'test-images', 'test-labels']

/** Gives the official name of a split's file. */
export function emnistFileName(split: EmnistSplit, part: EmnistPart): string {
  const dimensions = part.endsWith('images') ? 'idx3' : 'idx1'
  return `emnist-${split}-${part}-${dimensions}-ubyte.gz`
}

/** Opens a split's files in a folder of the user's own, as they are; nothing is checked against the official ones. */
export function folderSource(folder: string, split: EmnistSplit): EmnistSource {
  const pathOf = (part: EmnistPart): string => {
    const name = emnistFileName(split, part)
    const found = [name, name.replace(/\.gz$/, '')].map((one) => join(resolve(folder), one))
    return found.find((path) => existsSync(path)) ?? (found[0] as string)
  }
  const missing = parts.map(pathOf).filter((path) => !existsSync(path))
  if (missing.length > 0) {
    throw new DataError(
      'files-missing',
      `EMNIST: expected the files of split ${split} in ${resolve(folder)}, received no ` +
        `${missing.map((path) => basename(path)).join(', ')}. Place them there, or name their split.`,
    )
  }
  return filesSource(split, pathOf)
}

/** Hashes a folder's files, so that a cache made of others is not taken for theirs. */
export async function folderKey(folder: string, split: EmnistSplit): Promise<string[]> {
  const source = folderSource(folder, split)
  return Promise.all(parts.map((part) => hashFile(source.nameOf(part), 'sha256')))
}

/**
 * Gets a split's official files: one by one from the data folder or the mirror, else out of `gzip.zip`, which
 * may lie in the data folder, come from the mirror or from its public addresses.
 */
export async function officialSource(
  split: EmnistSplit,
  context: DataContext,
): Promise<EmnistSource> {
  const folders = dataFolders('emnist', context)
  const names = parts.map((part) => emnistFileName(split, part))
  const zipHere = [folders.downloaded, folders.raw].some((folder) =>
    existsSync(join(folder, 'gzip.zip')),
  )
  let reason = ''
  if (!zipHere) {
    try {
      const { paths } = await obtainFiles('emnist', context, names)
      return filesSource(split, (part) => paths.get(emnistFileName(split, part)) ?? '')
    } catch (error) {
      if (!(error instanceof DataError) || error.code !== 'files-missing') throw error
      reason = /Tried: (.*)\.$/.exec(error.message)?.[1] ?? ''
    }
  }
  const zip = await obtainZip(split, context, names, reason)
  const { files } = await readMetadata('emnist', folders)
  const checksums = new Map(files.map((file) => [file.name, file.checksum.hex]))
  return zipSource(zip, split, checksums)
}

async function obtainZip(
  split: EmnistSplit,
  context: DataContext,
  names: readonly string[],
  reason: string,
): Promise<ZipArchive> {
  const folder = dataFolders('emnist', context).downloaded
  try {
    const { paths } = await obtainFiles('emnist', context, ['gzip.zip'])
    return await openZip(paths.get('gzip.zip') ?? '')
  } catch (error) {
    if (!(error instanceof DataError) || error.code !== 'files-missing') throw error
    const reasons = [/Tried: (.*)\.$/.exec(error.message)?.[1] ?? '', reason]
    const tried = reasons.filter((one) => one !== '' && one !== 'nothing')
    const matlab = existsSync(join(folder, 'matlab.zip'))
      ? 'matlab.zip is there, but MATLAB files are not read: get gzip.zip of the same distribution. '
      : ''
    throw new DataError(
      'files-missing',
      `EMNIST: expected the files of split ${split}, received none that is whole. ${matlab}Place gzip.zip ` +
        `(561753746 bytes), or ${names.join(', ')}, in ${folder}, set DUCTUS_DATA_MIRROR to a folder or URL that ` +
        `has emnist/gzip.zip, or name a folder of such files by emnistFiles. Tried: ${tried.join(' | ')}.`,
      { cause: error },
    )
  }
}

function filesSource(split: EmnistSplit, pathOf: (part: EmnistPart) => string): EmnistSource {
  return {
    read: (part) => plainBytes(createReadStream(pathOf(part)), pathOf(part)),
    nameOf: pathOf,
    mapping: async () => {
      const where = join(dirname(pathOf('train-labels')), `emnist-${split}-mapping.txt`)
      return existsSync(where) ? { text: await readFile(where, 'utf8'), where } : undefined
    },
    close: () => undefined,
  }
}

function zipSource(
  zip: ZipArchive,
  split: EmnistSplit,
  checksums: ReadonlyMap<string, string>,
): EmnistSource {
  const memberOf = (name: string): string =>
    zip.names.find((member) => member === name || member.endsWith(`/${name}`)) ?? `gzip/${name}`
  return {
    read: (part) => {
      const name = emnistFileName(split, part)
      const sha256 = checksums.get(name)
      const member = zip.read(memberOf(name), sha256 === undefined ? {} : { sha256 })
      return plainBytes(member, `${zip.path}:${memberOf(name)}`)
    },
    nameOf: (part) => `${zip.path}:${memberOf(emnistFileName(split, part))}`,
    mapping: async () => {
      const member = memberOf(`emnist-${split}-mapping.txt`)
      if (!zip.names.includes(member)) return undefined
      const chunks: Buffer[] = []
      for await (const chunk of zip.read(member)) chunks.push(chunk)
      return { text: Buffer.concat(chunks).toString('utf8'), where: `${zip.path}:${member}` }
    },
    close: () => zip.close(),
  }
}

/** Undoes gzip as bytes stream by; what is not gzipped passes as it is. */
async function* plainBytes(
  stream: AsyncIterable<Buffer>,
  where: string,
): AsyncGenerator<Buffer, void, void> {
  if (!/\.gz$/.test(where)) {
    yield* stream
    return
  }
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  let failure: unknown
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of stream) {
        if (!gunzip.write(chunk)) await new Promise((resolve) => gunzip.once('drain', resolve))
      }
      gunzip.end()
    } catch (error) {
      failure = error
      gunzip.destroy(error as Error)
    }
  }
  const fed = feed()
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk
    await fed
  } catch (error) {
    const cause = failure ?? error
    if (cause instanceof DataError) throw cause
    throw new DataError(
      'bad-file',
      `${where}: expected a whole gzip file, received ${messageOf(cause)}. ` +
        'Remove the file and get it again.',
      { cause },
    )
  } finally {
    gunzip.destroy()
  }
}
