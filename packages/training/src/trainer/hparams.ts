import { modelInfo } from '../modules/model-info.js'
import type { LitModule } from '../modules/lit-module.js'
import { softwareInfo } from '../checkpoints/software-info.js'
import type { TrainingData } from '../data/training-data.js'
import { withoutCredentials } from '../without-credentials.js'
import type { TrainerOptions } from './trainer-options.js'

/** Name and version of `hparams.json`. */
export const hparamsFormat = { format: 'ductus-hparams', version: 2 } as const

/** Gathers what a run was asked to do, without credentials: the contents of `hparams.json`, and what loggers get. */
export function gatherHparams(
  options: TrainerOptions,
  module: LitModule,
  data: TrainingData,
  seed: number,
): Record<string, unknown> {
  return withoutCredentials({
    ...hparamsFormat,
    name: options.name ?? 'default',
    seed,
    trainer: plainOptions(options),
    module: { name: module.constructor.name, ...module.hparams() },
    models: Object.fromEntries(
      Object.entries(module.models).map(([name, model]) => {
        const info = modelInfo(model)
        const { name: definition = null, options: own = {}, seed: modelSeed = null } = info ?? {}
        return [
          name,
          { name: definition, options: own, seed: modelSeed, parameters: model.countParams() },
        ]
      }),
    ),
    data: data.config?.() ?? null,
    hparams: options.hparams ?? {},
    software: softwareInfo(),
  })
}

/** The options that are data; callbacks and loggers by name. */
function plainOptions(options: TrainerOptions): Record<string, unknown> {
  const { callbacks = [], loggers } = options
  const kept = Object.entries(options).filter(([key]) => !notData.has(key))
  const nameOf = (each: { name?: string }): string => each.name ?? each.constructor.name
  return {
    ...Object.fromEntries(kept),
    callbacks: callbacks.map(nameOf),
    ...(loggers ? { loggers: loggers.map(nameOf) } : {}),
  }
}

const notData = new Set(['callbacks', 'loggers', 'reporter', 'hparams'])
