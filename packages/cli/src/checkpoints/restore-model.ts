import type { Checkpoint } from '@ductus/training'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { models } from '@ductus/models/catalog'
import { existsSync } from 'node:fs'
import { findModelClass } from '../classes/find-model-class.js'
import { failure } from '../errors/cli-error.js'

/**
 * Builds the model of a checkpoint with its weights: by its definition, from the zoo or the user's file; where the
 * file is gone, from the checkpoint's own `model.json`, which computes the same.
 *
 * @param override the model that the command line names instead
 */
export async function restoreModel(
  checkpoint: Checkpoint,
  override?: string,
): Promise<LayersModel> {
  const { loadCheckpointWeights } = await import('@ductus/training')
  const { key, stored } = storedModel(checkpoint)
  const name = override ?? definitionOf(checkpoint, stored.name)
  if (name === undefined) return loadStock(checkpoint, key)
  const define = await (await findModelClass(name)).load()
  const model = define(
    stored.config as Parameters<typeof define>[0],
    override === undefined || define.modelName === stored.name ? stored.options : {},
    { seed: stored.seed ?? undefined },
  )
  await loadCheckpointWeights(checkpoint, model)
  return model
}

/** Takes the model that a checkpoint is about. */
export function storedModel({ manifest, path }: Checkpoint) {
  const key = 'model' in manifest.models ? 'model' : Object.keys(manifest.models)[0]
  const stored = key === undefined ? undefined : manifest.models[key]
  if (key === undefined || !stored) throw failure(`Checkpoint "${path}" holds no model.`)
  return { key, stored }
}

function definitionOf({ manifest }: Checkpoint, name: string | null): string | undefined {
  if (models.some((entry) => entry.name === name)) return name ?? undefined
  const { model } = manifest.hparams as { model?: { path?: string } }
  const path = model?.path?.split('#')[0]
  return path !== undefined && existsSync(path) ? model?.path : undefined
}

async function loadStock({ files }: Checkpoint, key: string): Promise<LayersModel> {
  const { io } = await import('@tensorflow/tfjs-core')
  const { loadLayersModel } = await import('@tensorflow/tfjs-layers')
  const json = JSON.parse(new TextDecoder().decode(files.get(`${key}/model.json`))) as {
    modelTopology: object
    weightsManifest: { weights: [] }[]
  }
  const weights = files.get(`${key}/weights.bin`) ?? new Uint8Array()
  return loadLayersModel(
    io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      // A copy with a buffer of its own: what was read may lie in a pool.
      weightData: Uint8Array.from(weights).buffer,
    }),
  )
}
