import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { CheckpointStore } from '../checkpoints/checkpoint-store.js'
import { assertNoLinks } from '../files/assert-no-links.js'
import { TrainingError } from '../training-error.js'
import { latestRunFolder, type RunFolder } from './run-folder.js'

/**
 * Finds the folder of a checkpoint.
 *
 * @param wanted `best` or `last` of a run, a checkpoint's folder, or a run's folder (its last is taken)
 * @param runDir the run that `best` and `last` are of
 * @throws TrainingError `CHECKPOINT_MISSING`
 */
export async function findCheckpoint(wanted: string, runDir: string | undefined): Promise<string> {
  const found =
    wanted === 'best' || wanted === 'last'
      ? runDir && (await pointed(runDir, wanted))
      : await byPath(resolve(wanted))
  if (found) return found
  const where =
    wanted === 'best' || wanted === 'last' ? `${wanted} of ${runDir ?? 'no run'}` : wanted
  throw new TrainingError(
    'CHECKPOINT_MISSING',
    `Trainer: expected a checkpoint, received ${where}, where there is none. ` +
      'Give the folder of a checkpoint or of a run, or fit first.',
  )
}

/** Finds the run and the checkpoint that `resume` means; undefined where nothing was saved yet. */
export async function findRun(
  wanted: string,
  rootDir: string,
  name: string,
): Promise<{ run: RunFolder; checkpoint: string } | undefined> {
  if (wanted === 'best' || wanted === 'last') {
    const run = await latestRunFolder(rootDir, name)
    if (run) {
      await assertNoLinks(run.path)
      // The run is ours now: what a killed process was about to replace must be there again.
      await new CheckpointStore(run.path).tidyUp()
    }
    const checkpoint = run && (await pointed(run.path, wanted))
    return run && checkpoint ? { run, checkpoint } : undefined
  }
  const checkpoint = await findCheckpoint(wanted, undefined)
  const path = dirname(dirname(checkpoint))
  await assertNoLinks(path)
  const version = Number(/^version_(\d+)$/.exec(basename(path))?.[1] ?? 0)
  return { run: { path, name: basename(dirname(path)), version }, checkpoint }
}

async function pointed(runDir: string, alias: 'best' | 'last'): Promise<string | undefined> {
  const store = new CheckpointStore(runDir)
  const name = await store.named(alias)
  if (name === undefined) return undefined
  const path = store.path(name)
  if (await isFile(join(path, 'checkpoint.json'))) return path
  throw new TrainingError(
    'CHECKPOINT_MISSING',
    `${join(store.folder, `${alias}.json`)}: expected the checkpoint ${name} beside it, received none. ` +
      'Name another one by its path.',
  )
}

async function byPath(path: string): Promise<string | undefined> {
  if (await isFile(join(path, 'checkpoint.json'))) return path
  return (await pointed(path, 'last')) ?? undefined
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
