import { createHash } from 'node:crypto'
import type { DataConfig } from '@ductus/data'
import { toSealedJson } from '../files/sealed-json.js'
import type { FolderFiles } from '../files/write-folder.js'
import type { FitLoop } from '../loops/fit-loop.js'
import type { Optimization } from '../loops/optimization.js'
import type { Run } from '../loops/run.js'
import type { TrainedWeight } from '../optimizers/optimizer.js'
import { withoutCredentials } from '../without-credentials.js'
import {
  checkpointFormat,
  type CheckpointManifest,
  type StoredModel,
  type StoredOptimizer,
  type StoredTensor,
} from './checkpoint-manifest.js'
import { modelFiles } from './model-files.js'
import { softwareInfo } from './software-info.js'
import { namedValues, packTensors, type NamedTensor } from './tensor-file.js'

/** What a checkpoint is made of. */
export interface FitParts {
  run: Run
  loop: FitLoop
  optimization: Optimization
  hparams: Readonly<Record<string, unknown>>
  data: Partial<DataConfig> | null
}

/** Takes a fit as it stands, whole, as the files of a checkpoint. */
export async function captureCheckpoint(parts: FitParts): Promise<FolderFiles> {
  const { run, loop, optimization, hparams, data } = parts
  const { context, dispatcher, rows } = run
  await context.settle()
  loop.capture()
  const files: Record<string, Uint8Array | string> = {}
  const models: Record<string, StoredModel> = {}
  for (const [name, model] of Object.entries(context.module.models)) {
    const { files: own, stored } = await modelFiles(model)
    models[name] = stored
    for (const [path, content] of Object.entries(own)) files[`${name}/${path}`] = content
  }
  const optimizers = await captureOptimizers(optimization, files)
  const gradients = await captureGradients(parts, files)
  const callbacks = await dispatcher.states()
  const callbackTensors = await captureCallbacks(parts, files)
  const manifest: CheckpointManifest = {
    ...checkpointFormat,
    loop: structuredClone(context.state),
    models,
    optimizers,
    gradients,
    callbacks,
    callbackTensors,
    loggers: Object.fromEntries(
      rows.loggers.flatMap((each) => (each.state ? [[each.name, each.state()]] : [])),
    ),
    module: {
      name: context.module.constructor.name,
      hparams: withoutCredentials(context.module.hparams()),
      state: context.module.state() ?? null,
    },
    hparams: withoutCredentials({ ...hparams }),
    data,
    seed: context.seed,
    software: softwareInfo(),
    files: Object.fromEntries(
      Object.entries(files).map(([path, content]) => [path, sums(content)]),
    ),
  }
  return { ...files, 'checkpoint.json': toSealedJson(manifest) }
}

async function captureCallbacks(
  { run }: FitParts,
  files: Record<string, Uint8Array | string>,
): Promise<Record<string, StoredTensor[]>> {
  const remembered = Object.entries(await run.dispatcher.tensors())
  if (remembered.length === 0) return {}
  const named = remembered.map(([, tensors]) =>
    Object.entries(tensors).map(([name, tensor]) => namedValues(name, tensor)),
  )
  const { bytes, stored } = await packTensors(named.flat())
  files['callbacks.bin'] = bytes
  let from = 0
  return Object.fromEntries(
    remembered.map(([callback], i) => [callback, stored.slice(from, (from += named[i]!.length))]),
  )
}

async function captureOptimizers(
  { bound }: Optimization,
  files: Record<string, Uint8Array | string>,
): Promise<Record<string, StoredOptimizer>> {
  // All optimizers share one file: their tensors follow each other in it.
  const tensors: NamedTensor[] = []
  const ranges = bound.map(({ optimizer, weights }) => {
    const start = tensors.length
    const slots = optimizer.slots()
    for (const trained of weights) {
      for (const [slot, tensor] of Object.entries(slots.get(trained.key) ?? {})) {
        tensors.push({ ...tensorName(trained), slot, tensor })
      }
    }
    return [start, tensors.length] as const
  })
  const { bytes, stored } = await packTensors(tensors)
  files['optimizer.bin'] = bytes
  return Object.fromEntries(
    bound.map(({ name, optimizer }, i) => [
      name,
      {
        name: optimizer.name,
        hyper: { ...optimizer.hyper },
        t: optimizer.t,
        learningRate: optimizer.learningRate,
        momentum: optimizer.momentum ?? null,
        slots: stored.slice(...ranges[i]!),
      },
    ]),
  )
}

async function captureGradients(
  { loop, optimization }: FitParts,
  files: Record<string, Uint8Array | string>,
): Promise<CheckpointManifest['gradients']> {
  const sums = loop.step.accumulator.entries()
  if (sums.size === 0) return []
  const trained = new Map(
    optimization.bound.flatMap(({ weights }) => weights.map((each) => [each.key, each] as const)),
  )
  const { bytes, stored } = await packTensors(
    [...sums].map(([key, tensor]) => ({ ...tensorName(trained.get(key)!), tensor })),
  )
  files['gradients.bin'] = bytes
  return stored
}

function tensorName({ model, weight }: TrainedWeight): { model: string; name: string } {
  return { model, name: weight.name }
}

function sums(content: Uint8Array | string): { bytes: number; sha256: string } {
  return {
    bytes: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
  }
}
