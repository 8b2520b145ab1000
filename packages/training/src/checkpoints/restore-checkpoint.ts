import { tensor, tidy } from '@tensorflow/tfjs-core'
import type { Optimization } from '../loops/optimization.js'
import type { GradientAccumulator } from '../loops/gradient-accumulator.js'
import type { LitModule } from '../modules/lit-module.js'
import { TrainingError } from '../training-error.js'
import type { StoredTensor } from './checkpoint-manifest.js'
import { loadCheckpointWeights } from './load-checkpoint-weights.js'
import type { Checkpoint } from './read-checkpoint.js'
import { storedValues } from './tensor-file.js'

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
    const keys = new Set(weights.map(({ key }) => key))
    const bytes = files.get('optimizer.bin')!
    for (const slot of stored.slots) {
      if (!keys.has(keyOf(slot))) continue
      const target = optimizer.slotsOf(keyOf(slot), slot.shape)[slot.slot!]
      tidy(() => target?.assign(tensor(storedValues(bytes, slot), slot.shape, slot.dtype)))
    }
    optimizer.t = stored.t
    optimizer.learningRate = stored.learningRate
    if (stored.momentum !== null) optimizer.momentum = stored.momentum
  }
}

/** Gives back the gradients of an accumulation group that was not full. */
export function restoreGradients({ manifest, files }: Checkpoint, to: GradientAccumulator): void {
  for (const stored of manifest.gradients) {
    const values = storedValues(files.get('gradients.bin')!, stored)
    tidy(() => {
      to.set(keyOf(stored), tensor(values, stored.shape, stored.dtype))
    })
  }
}

function keyOf({ model, name }: StoredTensor): string {
  return `${model}:${name}`
}
