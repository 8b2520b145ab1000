import type { DataModule } from '@ductus/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { readFile } from 'node:fs/promises'
import { repeatableArgv } from '../argv/expand-config.js'
import { findDataClass } from '../classes/find-data-class.js'
import { findModelClass } from '../classes/find-model-class.js'
import { checkResume } from '../checkpoints/check-resume.js'
import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import { learningModule } from '../learning/learning-module.js'
import type { LearningModule } from '../learning/learning-module.js'
import type { CommandCall } from '../options/command-spec.js'
import type { LiveLine } from '../terminal/live-line.js'
import type { Printer } from '../terminal/printer.js'
import { absoluteReference } from '../user-modules/module-reference.js'
import { dataContext } from './data-context.js'
import { startEngine } from './start-engine.js'
import type { FitValues } from './trainer-options.js'

/** What a fit needs, made and checked before any data is fetched. */
export interface AssembledRun {
  module: LearningModule
  data: DataModule
  /** Names of the classes. */
  mapping: readonly string[]
  /** Name of the backend that runs. */
  backend: string
  /** What the run was asked, for its `hparams.json`. */
  hparams: Record<string, unknown>
}

/** Makes data module, model and training module from a command line, with the weights it starts from. */
export async function assembleRun(
  { argv, values, model: modelOptions, data: dataOptions }: CommandCall<FitValues>,
  printer: Printer,
  surroundings: { signal?: AbortSignal; line?: LiveLine } = {},
): Promise<AssembledRun> {
  await checkResume(values)
  const dataClass = await findDataClass(values.data ?? 'MNIST')
  const modelClass = await findModelClass(values.model ?? 'MLP')
  const DataClass = await dataClass.load()
  const data = new DataClass(dataOptions, dataContext(values, printer, surroundings))
  const config = data.config()
  const { name: backend } = await startEngine(values, printer)
  const define = await modelClass.load()
  const model = define(config, modelOptions, { seed: values.seed ?? 42 })
  const module = await learningModule(model, config, values)
  if (values.loadCheckpoint !== undefined) await initialWeights(model, values, printer)
  if (values.freeze !== undefined) await freezeLayers(model, values.freeze, printer)
  const hparams = {
    command: 'fit',
    model: { name: modelClass.name, path: modelClass.path, options: modelOptions },
    data: { name: dataClass.name, path: dataClass.path, options: dataOptions },
    argv: repeatableArgv(argv, 1, absoluteReference),
  }
  return { module, data, mapping: config.mapping, backend, hparams }
}

/** Loads the weights to start from: a checkpoint's, or those of PyTorch in a safetensors file. */
async function initialWeights(
  model: LayersModel,
  values: FitValues,
  printer: Printer,
): Promise<void> {
  const from = values.loadCheckpoint ?? ''
  if (from.endsWith('.safetensors')) {
    const { importSafetensors } = await import('@ductus/models')
    importSafetensors(model, await readFile(from))
    printer.info(`Starts from the weights in ${from}`)
    return
  }
  const { loadCheckpointWeights } = await import('@ductus/training')
  const path = await findCheckpoint(from, values)
  const strict = values.strict ?? true
  const { loaded, left } = await loadCheckpointWeights(path, model, { strict })
  printer.info(`Starts from ${loaded.length} weights of ${path}`)
  if (left.length > 0) printer.warn(`Not in that checkpoint, so new: ${left.join(', ')}`)
}

async function freezeLayers(model: LayersModel, names: string, printer: Printer): Promise<void> {
  const { freeze } = await import('@ductus/training')
  const frozen = freeze(
    model,
    names.split(',').map((name) => name.trim()),
  )
  printer.info(`Frozen: ${frozen.join(', ')}`)
}
