import type { DataConfig, DataModule } from '@ductus/data'
import type { Checkpoint, Classifier, LineRecognizer } from '@ductus/training'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { dataOfCheckpoint } from '../checkpoints/data-of-checkpoint.js'
import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import { restoreModel } from '../checkpoints/restore-model.js'
import { dataContext } from '../commands/data-context.js'
import { startEngine, type EngineValues } from '../commands/start-engine.js'
import type { Printer } from '../terminal/printer.js'
import { findRun } from './find-run.js'

/** What of the options says which run to open, and how. */
export interface OpenValues extends EngineValues {
  checkpoint?: string
  model?: string
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
  const { rootDir, name } = values
  const place = {
    ...(rootDir === undefined ? {} : { rootDir }),
    ...(name === undefined ? {} : { name }),
    ...(run === undefined ? {} : { runDir: await findRun(run, values) }),
  }
  const checkpoint = await readCheckpoint(await findCheckpoint(values.checkpoint, place))
  const { DataClass, options } = await dataOfCheckpoint(checkpoint, values.data)
  const data = new DataClass(options, dataContext(values, printer))
  const { name: backend } = await startEngine(values, printer)
  const model = await restoreModel(checkpoint, values.model)
  return { checkpoint, model, data, config: data.config(), backend }
}

/** Makes the module that such a run was trained with, around its network. */
export async function moduleOf({
  checkpoint,
  model,
  config,
}: Pick<OpenedRun, 'checkpoint' | 'model' | 'config'>): Promise<Classifier | LineRecognizer> {
  const { restoreModule } = await import('@ductus/training')
  return restoreModule(checkpoint, model, { config })
}
