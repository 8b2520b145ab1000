import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { CheckpointStore, type CheckpointAlias } from '../checkpoints/checkpoint-store.js'
import { TrainingError } from '../training-error.js'
import { findRunFolder, type RunPlace } from './find-run.js'
import { latestRunFolder, type RunFolder } from './run-folder.js'

/** What a checkpoint is looked for, and where. */
export interface FindCheckpointOptions extends RunPlace {
  /** `evaluate` takes a run's best checkpoint (its last where none is the best), `resume` its last one. Defaults to `evaluate`. */
  purpose?: 'evaluate' | 'resume'
  /** The run that `best` and `last` are of. Defaults to the latest one of `name`, or of all names. */
  runDir?: string | undefined
}

/**
 * Finds the folder of a checkpoint.
 *
 * @param wanted `best` or `last` of a run; a checkpoint's folder; a run's folder, its `checkpoints` folder, the folder of
 *   a name (its latest version) or of all runs (the latest one). Defaults to what `purpose` takes of `runDir`.
 * @returns its absolute path
 * @throws TrainingError `CHECKPOINT_MISSING` where there is none, `CHECKPOINT_FOREIGN` for an exported file
 */
export async function findCheckpoint(
  wanted: string | undefined,
  options: FindCheckpointOptions = {},
): Promise<string> {
  const { purpose = 'evaluate', runDir, rootDir = 'runs', name } = options
  if (wanted === undefined || isAlias(wanted)) {
    const run = runDir === undefined ? await findRunFolder(undefined, { rootDir, name }) : runDir
    if (run !== undefined) return checkpointOf(resolve(run), wanted, purpose)
    const which = name === undefined ? 'a run' : `a run named "${name}"`
    throw missing(`${which} in "${rootDir}", where there is none`)
  }
  const path = resolve(wanted)
  if (await isFile(join(path, 'checkpoint.json'))) return path
  await assertNotExported(wanted)
  const run = basename(path) === 'checkpoints' ? dirname(path) : await findRunFolder(path)
  if (run !== undefined) return checkpointOf(run, undefined, purpose)
  const isThere = await stat(path).catch(() => undefined)
  throw missing(isThere ? `"${wanted}", which is neither` : `"${wanted}", where there is no folder`)
}

/**
 * Finds the run and the checkpoint that `resume` means; undefined where nothing was saved yet.
 *
 * @param own makes the run this process's own, before anything in it is relied on
 */
export async function findRun(
  wanted: string,
  rootDir: string,
  name: string,
  own: (runDir: string) => Promise<void>,
): Promise<{ run: RunFolder; checkpoint: string } | undefined> {
  if (isAlias(wanted)) {
    const run = await latestRunFolder(rootDir, name)
    if (!run) return undefined
    await own(run.path)
    const checkpoint = await pointed(run.path, wanted)
    return checkpoint === undefined ? undefined : { run, checkpoint }
  }
  const path = runOf(await findCheckpoint(wanted, { purpose: 'resume' }))
  await own(path)
  // What a killed process was about to replace is there again now.
  const checkpoint = await findCheckpoint(wanted, { purpose: 'resume' })
  const version = Number(/^version_(\d+)$/.exec(basename(path))?.[1] ?? 0)
  return { run: { path, name: basename(dirname(path)), version }, checkpoint }
}

/** A run is taken up in its own folder: that of a checkpoint elsewhere would be any folder of the user's. */
function runOf(checkpoint: string): string {
  const parent = dirname(checkpoint)
  if (basename(parent) === 'checkpoints') return dirname(parent)
  throw new TrainingError(
    'CHECKPOINT_MISSING',
    `Trainer: expected a checkpoint to resume in the folder "checkpoints" of its run, received ${checkpoint}. ` +
      'Resume the run it is from, or start a new one with its weights.',
  )
}

/** Chooses among the checkpoints of one run. */
async function checkpointOf(
  runDir: string,
  alias: CheckpointAlias | undefined,
  purpose: 'evaluate' | 'resume',
): Promise<string> {
  const best = alias === undefined && purpose === 'evaluate' ? (['best', 'last'] as const) : []
  const wanted = alias === undefined ? (best[0] ?? 'last') : alias
  for (const each of new Set([wanted, ...best])) {
    const path = await pointed(runDir, each)
    if (path !== undefined) return path
  }
  const folder = join(runDir, 'checkpoints')
  const names = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const kept = names.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  throw missing(
    `${wanted} of "${runDir}", which has no ${wanted} checkpoint`,
    kept.length > 0 ? `Give one of those in ${folder}: ${kept.sort().join(', ')}.` : undefined,
  )
}

async function pointed(runDir: string, alias: CheckpointAlias): Promise<string | undefined> {
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

/** Refuses what `ductus export` and other programs write: it holds no more than a network. */
async function assertNotExported(wanted: string): Promise<void> {
  const path = resolve(wanted)
  const isTfjs = await isFile(join(path, 'model.json'))
  if (!isTfjs && !(await isFile(path))) return
  const kind = isTfjs ? 'TensorFlow.js' : (exportedKinds[extname(path).toLowerCase()] ?? 'other')
  throw new TrainingError(
    'CHECKPOINT_FOREIGN',
    `Checkpoint: expected a checkpoint or a run folder, received "${wanted}", ` +
      (kind === 'other'
        ? 'a file of another kind'
        : `an exported ${kind} ${isTfjs ? 'folder' : 'file'}, which holds a network without what a checkpoint says of it`) +
      '. Give the checkpoint that it was exported from: its folder, such as runs/default/version_0/checkpoints/<name>, ' +
      'the run folder, best or last.',
  )
}

const exportedKinds: Readonly<Record<string, string>> = {
  '.safetensors': 'safetensors',
  '.onnx': 'ONNX',
  '.h5': 'Keras',
  '.keras': 'Keras',
  '.pt': 'PyTorch',
  '.pth': 'PyTorch',
}

function missing(received: string, fix?: string): TrainingError {
  return new TrainingError(
    'CHECKPOINT_MISSING',
    `Checkpoint: expected a checkpoint or a run folder, received ${received}. ` +
      (fix ??
        'Give a folder such as runs/default/version_0, one of the checkpoints in it, best or last, or fit first.'),
  )
}

function isAlias(wanted: string): wanted is CheckpointAlias {
  return wanted === 'best' || wanted === 'last'
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
