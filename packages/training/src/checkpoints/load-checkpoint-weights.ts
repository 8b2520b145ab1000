import { namedWeights } from '@ductus/backend'
import { tensor, tidy } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { TrainingError } from '../training-error.js'
import type { StoredTensor } from './checkpoint-manifest.js'
import { readCheckpoint, type Checkpoint } from './read-checkpoint.js'
import { storedValues } from './tensor-file.js'

/** Options of `loadCheckpointWeights`. */
export interface LoadWeightsOptions {
  /** Which model of the checkpoint. Defaults to `model`, or the only one. */
  name?: string
  /**
   * Whether every weight must be in both, with the same shape. Defaults to true; false loads those that are and
   * leaves the others.
   */
  strict?: boolean
}

/** What was loaded, by `layer/weight`. */
export interface LoadedWeights {
  loaded: string[]
  /** In the model but not in the checkpoint, or with another shape. */
  left: string[]
}

/**
 * Loads a model's weights from a checkpoint, by name.
 *
 * @param from the folder, or what `readCheckpoint` gave
 * @throws TrainingError `SHAPE_MISMATCH` naming the first weight that is missing or has another shape; nothing is
 *   loaded then
 */
export async function loadCheckpointWeights(
  from: string | Checkpoint,
  model: LayersModel,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  const checkpoint = typeof from === 'string' ? await readCheckpoint(from) : from
  const key = chooseModel(checkpoint, options.name)
  const { weights } = checkpoint.manifest.models[key]!
  const bytes = checkpoint.files.get(`${key}/weights.bin`)!
  const stored = new Map(weights.map((weight) => [weight.name, weight]))
  const own = namedWeights(model)
  const fits = own.filter(({ name, variable }) => {
    const entry = stored.get(name)
    return entry?.dtype === variable.dtype && entry.shape.join() === variable.shape.join()
  })
  if (options.strict ?? true) assertSame(checkpoint, own, stored)
  for (const { name, variable } of fits) {
    const entry = stored.get(name)!
    tidy(() => variable.assign(tensor(storedValues(bytes, entry), entry.shape, entry.dtype)))
  }
  const loaded = fits.map(({ name }) => name)
  const done = new Set(loaded)
  return { loaded, left: own.map(({ name }) => name).filter((name) => !done.has(name)) }
}

function chooseModel({ path, manifest }: Checkpoint, name: string | undefined): string {
  const known = Object.keys(manifest.models)
  const chosen = name ?? (known.includes('model') || known.length !== 1 ? 'model' : known[0]!)
  if (known.includes(chosen)) return chosen
  throw new TrainingError(
    'CHECKPOINT_FOREIGN',
    `Checkpoint ${path}: expected a model named "${chosen}", received ${known.join(', ') || 'none'}. ` +
      'Name one of those.',
  )
}

function assertSame(
  { path }: Checkpoint,
  own: ReturnType<typeof namedWeights>,
  stored: ReadonlyMap<string, StoredTensor>,
): void {
  const hint =
    'Build the model with the options it was trained with, or load with { strict: false }.'
  for (const { name, variable } of own) {
    const { shape, dtype } = stored.get(name) ?? {}
    const isType = dtype === variable.dtype
    if (shape?.join() === variable.shape.join() && isType) continue
    const type = isType ? '' : ` ${dtype}`
    const received = shape ? `[${shape.join(', ')}]${type}` : 'none'
    throw new TrainingError(
      'SHAPE_MISMATCH',
      `Checkpoint ${path}: expected ${name} of shape [${variable.shape.join(', ')}], received ${received}. ${hint}`,
    )
  }
  const names = new Set(own.map(({ name }) => name))
  const extra = [...stored.keys()].find((name) => !names.has(name))
  if (extra === undefined) return
  throw new TrainingError(
    'SHAPE_MISMATCH',
    `Checkpoint ${path}: expected the model's weights alone, received ${extra} too. ${hint}`,
  )
}
