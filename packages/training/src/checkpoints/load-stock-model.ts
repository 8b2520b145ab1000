import { io, serialization } from '@tensorflow/tfjs-core'
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers'
import { join } from 'node:path'
import { TrainingError } from '../training-error.js'
import type { Checkpoint } from './read-checkpoint.js'

/** Options of `loadStockModel`. */
export interface LoadStockModelOptions {
  /** Which model of the checkpoint. Defaults to `model`. */
  name?: string
}

/**
 * Builds a model from a checkpoint's `model.json` and `weights.bin`, in layers of plain TensorFlow.js: it computes what
 * the model computed, and takes no code but theirs.
 *
 * @throws TrainingError `CHECKPOINT_MISSING` where the checkpoint has no such model, `NOT_SUPPORTED` for a layer that is
 *   not one of TensorFlow.js', `CHECKPOINT_DAMAGED` for a topology that describes no network; each names the file
 */
export async function loadStockModel(
  checkpoint: Checkpoint,
  { name = 'model' }: LoadStockModelOptions = {},
): Promise<LayersModel> {
  const { path, files } = checkpoint
  const file = join(path, name, 'model.json')
  const bytes = files.get(`${name}/model.json`)
  if (!bytes) {
    throw new TrainingError(
      'CHECKPOINT_MISSING',
      `${file}: expected a file of the checkpoint, received none. Build the model in code, and load its weights.`,
    )
  }
  try {
    const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(bytes)) as {
      modelTopology: object
      weightsManifest: { weights: io.WeightsManifestEntry[] }[]
    }
    assertKnownClasses(file, modelTopology)
    const weights = files.get(`${name}/weights.bin`) ?? new Uint8Array()
    return await loadLayersModel(
      io.fromMemory({
        modelTopology,
        weightSpecs: weightsManifest.flatMap((group) => group.weights),
        // A copy with a buffer of its own: what was read may be part of a pool.
        weightData: Uint8Array.from(weights).buffer,
      }),
    )
  } catch (cause) {
    if (cause instanceof TrainingError) throw cause
    throw new TrainingError(
      'CHECKPOINT_DAMAGED',
      `${file}: expected a network that TensorFlow.js can build, received one that it can't (${firstLine(cause)}). ` +
        'Take another checkpoint.',
      { cause },
    )
  }
}

/** TensorFlow.js looks classes up in a plain object, where `constructor` and the like are found too. */
function assertKnownClasses(file: string, topology: unknown): void {
  const known = serialization.SerializationMap.getMap().classNameMap
  const open: unknown[] = [topology]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    const entries = Object.entries(value)
    const named = entries.find(([key]) => key === 'class_name' || key === 'className')
    if (named && !(typeof named[1] === 'string' && Object.hasOwn(known, named[1]))) {
      throw new TrainingError(
        'NOT_SUPPORTED',
        `${file}: expected layers of TensorFlow.js, received class ${JSON.stringify(named[1])}. ` +
          'Build the model in code, and load its weights.',
      )
    }
    for (const [, each] of entries) open.push(each ?? null)
  }
}

function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split('\n')[0]!
}
