import type { Checkpoint } from '@ductus/training'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { models } from '@ductus/models/catalog'
import { findModelClass } from '../classes/find-model-class.js'
import { failure } from '../errors/cli-error.js'

/**
 * Builds the model of a checkpoint with its weights: by the definition that the command line names, by the zoo's, or,
 * for a model of the user's own, from the checkpoint's `model.json`, which computes the same. A file that the checkpoint
 * names is code, and isn't loaded.
 *
 * @param override the model that the command line names
 */
export async function restoreModel(
  checkpoint: Checkpoint,
  override?: string,
): Promise<LayersModel> {
  const { loadCheckpointWeights } = await import('@ductus/training')
  const { stored } = storedModel(checkpoint)
  const name = override ?? zooName(checkpoint)
  if (name === undefined) return loadStock(checkpoint)
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

/** Names the zoo's model that a checkpoint is of; undefined where it is of a file, or of none. */
export function zooName(checkpoint: Checkpoint): string | undefined {
  const { stored } = storedModel(checkpoint)
  const { model } = checkpoint.manifest.hparams as { model?: { path?: unknown } | null }
  if (model?.path !== undefined) return undefined
  return models.find((entry) => entry.name === stored.name)?.name
}

async function loadStock(checkpoint: Checkpoint): Promise<LayersModel> {
  const { TrainingError, loadStockModel } = await import('@ductus/training')
  const { key } = storedModel(checkpoint)
  try {
    return await loadStockModel(checkpoint, { name: key })
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error
    throw failure(
      `${error.message} Or add --model ./file.ts, the model it was trained with.`,
      error,
    )
  }
}
