import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DataConfig, DataModule } from '@ductus/data'
import type { Checkpoint } from '@ductus/training'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import { restoreModel } from '../checkpoints/restore-model.js'
import { findDataClass } from '../classes/find-data-class.js'
import { dataContext } from '../commands/data-context.js'
import { startEngine, type EngineValues } from '../commands/start-engine.js'
import { failure } from '../errors/cli-error.js'
import type { Printer } from '../terminal/printer.js'
import { findRun, isRun } from './find-run.js'

/** What of the options says which run to open, and how. */
export interface OpenValues extends EngineValues {
  checkpoint?: string
  data?: string
  dataDir?: string
  name?: string
  rootDir?: string
}

/** A run's network with its weights, and the data it was trained on. */
export interface OpenedRun {
  checkpoint: Checkpoint
  model: LayersModel
  data: DataModule
  config: DataConfig
  backend: string
}

/** Opens a run's checkpoint: the network with its weights, and the data module that it was trained on. */
export async function openRun(
  run: string | undefined,
  values: OpenValues,
  printer: Printer,
): Promise<OpenedRun> {
  const { readCheckpoint } = await import('@ductus/training')
  const checkpoint = await readCheckpoint(checkpointPath(run, values))
  const { data: trainedOn } = checkpoint.manifest.hparams as {
    data?: { name?: string; path?: string; options?: Record<string, unknown> }
  }
  const name = values.data ?? trainedOn?.path ?? trainedOn?.name
  if (name === undefined) {
    throw failure(`Checkpoint "${checkpoint.path}" does not name its data. Say --data <name>.`)
  }
  const DataClass = await (await findDataClass(name)).load()
  const isSame = values.data === undefined || values.data === trainedOn?.name
  const data = new DataClass(isSame ? (trainedOn?.options ?? {}) : {}, dataContext(values, printer))
  const { name: backend } = await startEngine(values, printer)
  const model = await restoreModel(checkpoint)
  return { checkpoint, model, data, config: data.config(), backend }
}

function checkpointPath(run: string | undefined, values: OpenValues): string {
  const { checkpoint } = values
  const isAlias = checkpoint === undefined || checkpoint === 'best' || checkpoint === 'last'
  if (run === undefined || !isAlias) return findCheckpoint(checkpoint, values)
  const folder = findRun(run, values)
  if (isRun(folder) && !existsSync(join(folder, 'checkpoints'))) {
    throw failure(`The run "${folder}" has no checkpoint: there is no "checkpoints" in it.`)
  }
  return findCheckpoint(checkpoint === undefined ? folder : aliasIn(folder, checkpoint), values)
}

/** Reads which checkpoint `best` or `last` of a run is. */
function aliasIn(folder: string, alias: 'best' | 'last' | (string & {})): string {
  const pointer = join(folder, 'checkpoints', `${alias}.json`)
  if (!existsSync(pointer)) throw failure(`The run "${folder}" has no ${alias} checkpoint.`)
  const { checkpoint } = JSON.parse(readFileSync(pointer, 'utf8')) as { checkpoint?: unknown }
  return join(folder, 'checkpoints', String(checkpoint))
}
