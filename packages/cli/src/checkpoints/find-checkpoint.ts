import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { failure, usageError } from '../errors/cli-error.js'

/** Where checkpoints are looked for. */
export interface CheckpointPlace {
  rootDir?: string
  name?: string
}

/** Name of the alias files beside the checkpoints. */
type Alias = 'best' | 'last'

/**
 * Finds the folder of a checkpoint: the folder itself, a run's folder (its best one), `best` or `last` of the run that
 * `--name` names. Nothing given is the best one of the latest run.
 *
 * @throws CliError when there is none
 */
export function findCheckpoint(text: string | undefined, place: CheckpointPlace): string {
  if (text === undefined || text === 'best' || text === 'last') {
    const run = latestRun(place)
    return aliased(run, text ?? 'best')
  }
  const path = resolve(text)
  if (!existsSync(path)) throw usageError(`Option --checkpoint: there is no folder "${text}".`)
  if (existsSync(join(path, 'checkpoint.json'))) return path
  if (existsSync(join(path, 'checkpoints'))) return aliased(path, 'best')
  const above = resolve(path, '..')
  if (/[\\/]checkpoints[\\/]?$/.test(path)) return aliased(above, 'best')
  const run = latestVersion(path)
  if (run !== undefined) return aliased(run, 'best')
  throw usageError(
    `Option --checkpoint: expected a checkpoint or a run folder, received "${text}". A run folder is runs/<name>/version_N.`,
  )
}

/** Finds the latest run: of a name, or of all names. */
export function latestRun({ rootDir = 'runs', name }: CheckpointPlace): string {
  if (name !== undefined) {
    const run = latestVersion(resolve(rootDir, name))
    if (run !== undefined) return run
    throw failure(
      `There is no run named "${name}" in "${rootDir}". Train one: ductus fit --name ${name}.`,
    )
  }
  const runs = subfolders(resolve(rootDir)).flatMap((folder) => versions(folder))
  const latest = runs.sort((a, b) => changed(b) - changed(a))[0]
  if (latest !== undefined) return latest
  throw failure(`There is no run with a checkpoint in "${rootDir}". Train one: ductus fit.`)
}

function latestVersion(folder: string): string | undefined {
  const number = (path: string) => Number(/version_(\d+)$/.exec(path)?.[1] ?? -1)
  return versions(folder).sort((a, b) => number(b) - number(a))[0]
}

function versions(folder: string): string[] {
  return subfolders(folder).filter(
    (path) => /version_\d+$/.test(path) && existsSync(join(path, 'checkpoints')),
  )
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
}

function changed(run: string): number {
  return statSync(join(run, 'checkpoints')).mtimeMs
}

/** Reads which checkpoint of a run is the best or the last one. */
function aliased(run: string, alias: Alias): string {
  const pointer = join(run, 'checkpoints', `${alias}.json`)
  if (!existsSync(pointer)) throw failure(`The run "${run}" has no ${alias} checkpoint.`)
  const { checkpoint } = JSON.parse(readFileSync(pointer, 'utf8')) as { checkpoint?: unknown }
  const path = join(run, 'checkpoints', String(checkpoint))
  if (!existsSync(path)) throw failure(`The ${alias} checkpoint of "${run}" is gone: "${path}".`)
  return path
}
