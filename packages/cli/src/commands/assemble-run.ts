import type { DataModule } from '@ductus/data'
import type { Classifier } from '@ductus/training'
import { repeatableArgv } from '../argv/expand-config.js'
import { findDataClass } from '../classes/find-data-class.js'
import { findModelClass } from '../classes/find-model-class.js'
import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import type { CommandCall } from '../options/command-spec.js'
import type { Printer } from '../terminal/printer.js'
import { absoluteReference } from '../user-modules/module-reference.js'
import { dataContext } from './data-context.js'
import { startEngine } from './start-engine.js'
import { optimizerOptions } from './trainer-options.js'
import type { FitValues } from './trainer-options.js'

/** What a fit needs, made and checked before any data is fetched. */
export interface AssembledRun {
  module: Classifier
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
  signal: AbortSignal,
): Promise<AssembledRun> {
  const dataClass = await findDataClass(values.data ?? 'MNIST')
  const modelClass = await findModelClass(values.model ?? 'MLP')
  const DataClass = await dataClass.load()
  const data = new DataClass(dataOptions, dataContext(values, printer, signal))
  const config = data.config()
  const { name: backend } = await startEngine(values, printer)
  const { Classifier, loadCheckpointWeights } = await import('@ductus/training')
  const define = await modelClass.load()
  const model = define(config, modelOptions, { seed: values.seed ?? 42 })
  const { optimizer, lr, labelSmoothing } = values
  const module = new Classifier(model, {
    ...(optimizer === undefined ? {} : { optimizer: optimizer as 'Adam' }),
    ...(lr === undefined ? {} : { lr }),
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    optimizerOptions: optimizerOptions(values),
  })
  if (values.loadCheckpoint !== undefined) {
    const path = findCheckpoint(values.loadCheckpoint, values)
    const { loaded } = await loadCheckpointWeights(path, model)
    printer.info(`Starts from ${loaded.length} weights of ${path}`)
  }
  const hparams = {
    command: 'fit',
    model: { name: modelClass.name, path: modelClass.path, options: modelOptions },
    data: { name: dataClass.name, path: dataClass.path, options: dataOptions },
    argv: repeatableArgv(argv, 1, absoluteReference),
  }
  return { module, data, mapping: config.mapping, backend, hparams }
}
