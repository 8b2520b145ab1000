import { resolve } from 'node:path'
import type { CheckpointPlace } from '../checkpoints/find-checkpoint.js'
import { failure } from '../errors/cli-error.js'

/**
 * Finds a run folder: the one named by path or by the run's name, the latest version below it, or, with nothing named,
 * the latest run. A path that isn't there yet stays as it is: `watch` waits for it.
 */
export async function findRun(text: string | undefined, place: CheckpointPlace): Promise<string> {
  const { findRunFolder } = await import('@ductus/training')
  const found = await findRunFolder(text, place)
  if (found !== undefined) return found
  if (text !== undefined) return resolve(text)
  const { rootDir = 'runs', name } = place
  throw failure(
    name === undefined
      ? `There is no run in "${rootDir}". Train one: ductus fit.`
      : `There is no run named "${name}" in "${rootDir}". Train one: ductus fit --name ${name}.`,
  )
}
