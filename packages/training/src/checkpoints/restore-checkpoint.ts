import { join } from 'node:path'
import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core'
import type { Optimization } from '../loops/optimization.js'
import type { GradientAccumulator } from '../loops/gradient-accumulator.js'
import type { LitModule } from '../modules/lit-module.js'
import { TrainingError } from '../training-error.js'
import type { StoredTensor } from './checkpoint-manifest.js'
import { loadCheckpointWeights } from './load-checkpoint-weights.js'
import type { Checkpoint } from './read-checkpoint.js'
import { storedValues, type StateTensor } from './tensor-file.js'

/** Loads the weights of every model of a module. */
export async function restoreModels(checkpoint: Checkpoint, module: LitModule): Promise<void> {
  for (const [name, model] of Object.entries(module.models)) {
    await loadCheckpointWeights(checkpoint, model, { name })
  }
}

/**
 * Gives the optimizers back their slots and counts.
 *
 * @throws TrainingError `CHECKPOINT_FOREIGN` where the checkpoint was trained with others
 */
export function restoreOptimizers({ path, manifest, files }: Checkpoint, to: Optimization): void {
  for (const { name, optimizer, weights } of to.bound) {
    const stored = manifest.optimizers[name]
    if (stored?.name !== optimizer.name) {
      throw new TrainingError(
        'CHECKPOINT_FOREIGN',
        `Checkpoint ${path}: expected optimizer "${name}" to be ${optimizer.name}, received ${stored?.name ?? 'none'}. ` +
          'Resume with the optimizer it was trained with, or load the weights alone.',
      )
    }
    const trained = new Map(weights.map(({ key, weight }) => [key, weight.variable]))
    const bytes = files.get('optimizer.bin')!
    for (const slot of stored.slots) {
      const weight = trained.get(keyOf(slot))
      const target = weight && optimizer.slotsOf(keyOf(slot), weight.shape)[slot.slot!]
      if (!target) continue
      assertFits(path, 'optimizer.bin', slot, target)
      tidy(() => {
        target.assign(tensor(storedValues(bytes, slot), slot.shape, slot.dtype))
      })
    }
    optimizer.t = stored.t
    optimizer.learningRate = stored.learningRate
    if (stored.momentum !== null) optimizer.momentum = stored.momentum
  }
}

/** Reads what callbacks remember as tensors, by callback and name. */
export function rememberedTensors({
  manifest,
  files,
}: Checkpoint): Record<string, Record<string, StateTensor>> {
  const bytes = files.get('callbacks.bin') ?? new Uint8Array()
  return Object.fromEntries(
    Object.entries(manifest.callbackTensors).map(([callback, tensors]) => [
      callback,
      Object.fromEntries(
        tensors.map((each) => [
          each.name,
          { shape: each.shape, values: storedValues(bytes, each) },
        ]),
      ),
    ]),
  )
}

/** Gives back the gradients of an accumulation group that was not full. */
export function restoreGradients(
  { path, manifest, files }: Checkpoint,
  { bound }: Optimization,
  to: GradientAccumulator,
): void {
  const trained = new Map(bound.flatMap(({ weights }) => weights.map((each) => [each.key, each])))
  for (const stored of manifest.gradients) {
    const weight = trained.get(keyOf(stored))?.weight.variable
    assertFits(path, 'gradients.bin', stored, weight)
    const values = storedValues(files.get('gradients.bin')!, stored)
    tidy(() => {
      to.set(keyOf(stored), tensor(values, stored.shape, stored.dtype))
    })
  }
}

function assertFits(
  path: string,
  file: string,
  stored: StoredTensor,
  own: Pick<Tensor, 'shape' | 'dtype'> | undefined,
): void {
  if (own?.dtype === stored.dtype && own.shape.join() === stored.shape.join()) return
  const expected = own ? `${own.dtype} of shape [${own.shape.join(', ')}]` : 'weights of the module'
  throw new TrainingError(
    'SHAPE_MISMATCH',
    `${join(path, file)}: expected ${expected} for ${keyOf(stored)}, received ${stored.dtype} of shape ` +
      `[${stored.shape.join(', ')}]. Resume with the model it was trained with.`,
  )
}

function keyOf({ model, name }: StoredTensor): string {
  return `${model}:${name}`
}
