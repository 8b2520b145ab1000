import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

/** Where runs are looked for. */
export interface RunPlace {
  /** Folder of all runs. Defaults to `runs`. */
  rootDir?: string | undefined
  /** The run's name. Defaults to the latest run of all names. */
  name?: string | undefined
}

/**
 * Finds the folder of a run.
 *
 * @param wanted a run's folder, the folder of a name (its latest version is taken) or of all runs (the latest one),
 *   as a path or below `rootDir`. Defaults to the latest run of `name`, or of all names.
 * @returns its absolute path; undefined where there is none
 */
export async function findRunFolder(
  wanted: string | undefined,
  { rootDir = 'runs', name }: RunPlace = {},
): Promise<string | undefined> {
  if (wanted !== undefined) {
    return (await runAt(resolve(wanted))) ?? (await runAt(resolve(rootDir, wanted)))
  }
  return name === undefined
    ? latestOf(await namedRuns(resolve(rootDir)))
    : latestVersion(resolve(rootDir, name))
}

/** Finds the run that a folder is, or the latest one in it. */
async function runAt(path: string): Promise<string | undefined> {
  if (await isRunFolder(path)) return path
  return (await latestVersion(path)) ?? latestOf(await namedRuns(path))
}

/** Tells a run's own folder from that of all its versions. */
async function isRunFolder(path: string): Promise<boolean> {
  if (/^version_\d+$/.test(basename(path)) && (await isFolder(path))) return true
  const names = (await entriesOf(path)).map((entry) => entry.name)
  return ['hparams.json', 'metrics.csv', 'checkpoints'].some((file) => names.includes(file))
}

/** Finds the version with the highest number. */
async function latestVersion(folder: string): Promise<string | undefined> {
  const number = (path: string) => Number(/version_(\d+)$/.exec(path)![1])
  return (await versionsOf(folder)).sort((a, b) => number(b) - number(a))[0]
}

async function namedRuns(rootDir: string): Promise<string[]> {
  const folders = (await entriesOf(rootDir)).filter((entry) => entry.isDirectory())
  const versions = folders.map(async ({ name }) => versionsOf(join(rootDir, name)))
  return (await Promise.all(versions)).flat()
}

async function versionsOf(folder: string): Promise<string[]> {
  return (await entriesOf(folder))
    .filter((entry) => entry.isDirectory() && /^version_\d+$/.test(entry.name))
    .map((entry) => join(folder, entry.name))
}

/** Takes the run that was written to last; one with checkpoints comes before those without. */
async function latestOf(runs: readonly string[]): Promise<string | undefined> {
  const dated = await Promise.all(
    runs.map(async (path) => {
      const saved = await stat(join(path, 'checkpoints')).catch(() => undefined)
      const { mtimeMs } = saved ?? (await stat(path))
      return { path, hasCheckpoints: saved !== undefined, mtimeMs }
    }),
  )
  dated.sort((a, b) => Number(b.hasCheckpoints) - Number(a.hasCheckpoints) || b.mtimeMs - a.mtimeMs)
  return dated[0]?.path
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => [])
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
