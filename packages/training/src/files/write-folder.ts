import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { diskError } from './disk-error.js'
import { flush } from './flush.js'

/** Files of a folder by their path in it, with `/` between the parts. */
export type FolderFiles = Readonly<Record<string, Uint8Array | string>>

/**
 * Writes a folder whole or not at all: to a temporary name beside it, flushed to the disk, then renamed. A process
 * killed at any moment leaves either nothing under `folder`, or all of it.
 *
 * A folder that is there already is replaced.
 *
 * @throws TrainingError `FILE_SYSTEM` naming the file, and of a full disk how much room is missing; nothing is left then
 */
export async function writeFolder(folder: string, files: FolderFiles): Promise<void> {
  const parent = dirname(folder)
  const temporary = join(parent, `.${basename(folder)}.${process.pid}.tmp`)
  const replaced = join(parent, `.${basename(folder)}.${process.pid}.old.tmp`)
  let writing = folder
  try {
    await mkdir(parent, { recursive: true })
    await rm(temporary, { recursive: true, force: true })
    const folders = new Set([temporary])
    for (const [path, content] of Object.entries(files)) {
      const target = join(temporary, ...path.split('/'))
      writing = join(folder, ...path.split('/'))
      await mkdir(dirname(target), { recursive: true })
      folders.add(dirname(target))
      await writeFlushed(target, content)
    }
    for (const made of folders) await flushFolder(made)
    writing = folder
    if (await exists(folder)) await rename(folder, replaced)
    await rename(temporary, folder)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    if (!(await exists(folder))) await rename(replaced, folder).catch(() => undefined)
    throw diskError(writing, cause, ...Object.values(files).map((each) => Buffer.byteLength(each)))
  }
  await flushFolder(parent)
  await rm(replaced, { recursive: true, force: true })
}

/** Writes one file whole or not at all. */
export async function writeFileWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    await writeFlushed(temporary, content)
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw diskError(path, cause, Buffer.byteLength(content))
  }
  await flushFolder(dirname(path))
}

/**
 * Removes what processes that were killed while writing left in `parent`; a folder that was about to be replaced is put
 * back. Only for the one process that writes there.
 */
export async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => [])
  for (const name of names) {
    if (!name.startsWith('.') || !name.endsWith('.tmp')) continue
    const path = join(parent, name)
    const replaced = /^\.(.+)\.\d+\.old\.tmp$/.exec(name)?.[1]
    if (replaced !== undefined && !(await exists(join(parent, replaced)))) {
      await rename(path, join(parent, replaced))
    } else await rm(path, { recursive: true, force: true })
  }
}

async function writeFlushed(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(content)
    await flush(file)
  } finally {
    await file.close()
  }
}

async function flushFolder(folder: string): Promise<void> {
  // Windows opens no folders: its rename needs no flush.
  const handle = await open(folder, 'r').catch(() => undefined)
  try {
    await handle?.sync().catch(() => undefined)
  } finally {
    await handle?.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
