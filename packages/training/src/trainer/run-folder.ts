import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { TrainingError } from '../training-error.js'

/** The folder of one run. */
export interface RunFolder {
  path: string
  name: string
  version: number
}

/**
 * Makes `<rootDir>/<name>/version_N`, with the first N above all that are there. Two processes at once get two.
 *
 * @throws TrainingError `FILE_SYSTEM` where the folder cannot be written
 */
export async function createRunFolder(rootDir: string, name: string): Promise<RunFolder> {
  const parent = resolve(rootDir, name)
  try {
    await makeFolders(parent)
    for (let version = (await latestVersion(parent)) + 1; ; version++) {
      const path = join(parent, `version_${version}`)
      if (await made(path)) return { path, name, version }
    }
  } catch (cause) {
    throw new TrainingError(
      'FILE_SYSTEM',
      `Trainer: expected a folder that can be written, received ${parent} (${reason(cause)}). ` +
        'Give another rootDir, or rootDir: false to write nothing.',
      { cause },
    )
  }
}

/** Finds the latest run of a name, undefined where there is none. */
export async function latestRunFolder(
  rootDir: string,
  name: string,
): Promise<RunFolder | undefined> {
  const parent = resolve(rootDir, name)
  const version = await latestVersion(parent)
  return version < 0 ? undefined : { path: join(parent, `version_${version}`), name, version }
}

async function latestVersion(parent: string): Promise<number> {
  const names = await readdir(parent).catch(() => [])
  const versions = names.flatMap((each) => /^version_(\d+)$/.exec(each)?.[1] ?? [])
  return Math.max(-1, ...versions.map(Number))
}

/** Makes a folder and those above it. Node.js' `recursive` never ends where none can be made, as in /proc. */
async function makeFolders(path: string): Promise<void> {
  if (existsSync(path)) return
  await makeFolders(dirname(path))
  await made(path)
}

async function made(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
