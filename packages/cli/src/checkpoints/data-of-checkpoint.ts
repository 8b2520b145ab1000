import type { DataModuleClass } from '@ductus/data'
import { dataModules } from '@ductus/data/catalog'
import type { Checkpoint } from '@ductus/training'
import { findDataClass } from '../classes/find-data-class.js'
import { failure } from '../errors/cli-error.js'

/** What `fit` left in a checkpoint of the data it trained on; anyone may have written it. */
interface TrainedOn {
  name: string | undefined
  path: string | undefined
  options: Record<string, unknown>
}

/**
 * Finds the data module of a checkpoint: the one that the command line names, or the catalog's own that the checkpoint
 * names. A file that a checkpoint names is code, and isn't loaded.
 *
 * @param named what `--data` says
 * @returns the class, with the options it was trained with where it is the same
 * @throws CliError where the checkpoint names none that may be loaded
 */
export async function dataOfCheckpoint(
  checkpoint: Checkpoint,
  named: string | undefined,
): Promise<{ DataClass: DataModuleClass; options: Record<string, unknown> }> {
  const trainedOn = trainedOnOf(checkpoint)
  const found = await findDataClass(named ?? catalogName(checkpoint, trainedOn))
  const DataClass = await found.load()
  return { DataClass, options: found.name === trainedOn.name ? trainedOn.options : {} }
}

/** Says what a checkpoint calls its data, and which module of the catalog that is, if any. */
export function trainedData(checkpoint: Checkpoint): {
  name: string | undefined
  entry: string | undefined
} {
  const { name, path } = trainedOnOf(checkpoint)
  return { name, entry: path === undefined ? entryOf(name)?.name : undefined }
}

function catalogName(checkpoint: Checkpoint, { name, path }: TrainedOn): string {
  if (path !== undefined) {
    throw failure(
      `Checkpoint "${checkpoint.path}" was trained on data of a file of your own, ${JSON.stringify(path)}. ` +
        'Code is run only where you name it: add --data ./file.ts.',
    )
  }
  const entry = entryOf(name)
  if (entry) return entry.name
  throw failure(
    name === undefined
      ? `Checkpoint "${checkpoint.path}" does not name its data. Say --data <name>.`
      : `Checkpoint "${checkpoint.path}" names data that ductus does not know, ${JSON.stringify(name)}. Say --data <name>, or --data ./file.ts.`,
  )
}

function entryOf(name: string | undefined) {
  return dataModules.find((entry) => entry.name === name)
}

function trainedOnOf({ manifest }: Checkpoint): TrainedOn {
  const { data } = manifest.hparams as { data?: unknown }
  const { name, path, options } = isObject(data) ? data : {}
  return {
    name: typeof name === 'string' ? name : undefined,
    path: typeof path === 'string' ? path : undefined,
    options: isObject(options) ? options : {},
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
