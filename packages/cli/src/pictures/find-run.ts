import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { latestRun, type CheckpointPlace } from '../checkpoints/find-checkpoint.js'

/**
 * Finds a run folder: the one named by path or by the run's name, the latest version below it, or, with nothing named,
 * the latest run.
 */
export function findRun(text: string | undefined, place: CheckpointPlace): string {
  if (text === undefined) return latestRun(place)
  const named = resolve(place.rootDir ?? 'runs', text)
  const path = existsSync(resolve(text)) || !existsSync(named) ? resolve(text) : named
  if (!existsSync(path) || isRun(path)) return path
  const versions = readdirSync(path)
    .filter((name) => /^version_\d+$/.test(name))
    .sort((a, b) => Number(b.slice(8)) - Number(a.slice(8)))
  const latest = versions[0]
  return latest === undefined ? path : join(path, latest)
}

/** Tells a run's own folder from that of all its versions. */
export function isRun(path: string): boolean {
  return existsSync(join(path, 'metrics.csv')) || existsSync(join(path, 'hparams.json'))
}
