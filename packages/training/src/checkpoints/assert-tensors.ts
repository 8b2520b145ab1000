import { join } from 'node:path'
import { TrainingError } from '../training-error.js'
import type { StoredTensor } from './checkpoint-manifest.js'
import type { Checkpoint } from './read-checkpoint.js'
import { storedValues } from './tensor-file.js'

/**
 * Checks that the tensors of each `.bin` file fill it, one after the other, and that weights are finite. Slots of
 * optimizers and sums of gradients may be infinite: a run that overflowed there goes the same way again.
 *
 * @throws TrainingError `CHECKPOINT_DAMAGED` naming the file
 */
export function assertTensors(checkpoint: Checkpoint, finite: boolean): void {
  const { models, optimizers, gradients, callbackTensors } = checkpoint.manifest
  for (const [name, { weights }] of Object.entries(models)) {
    bytesOf(checkpoint, `${name}/model.json`)
    const bytes = assertFilled(checkpoint, `${name}/weights.bin`, weights)
    if (finite) assertFinite(checkpoint, `${name}/weights.bin`, bytes, weights)
  }
  const slots = Object.values(optimizers).flatMap((each) => each.slots)
  assertFilled(checkpoint, 'optimizer.bin', slots)
  const remembered = Object.values(callbackTensors).flat()
  if (remembered.length > 0) assertFilled(checkpoint, 'callbacks.bin', remembered)
  if (gradients.length > 0) assertFilled(checkpoint, 'gradients.bin', gradients)
}

function assertFilled(
  checkpoint: Checkpoint,
  file: string,
  tensors: readonly StoredTensor[],
): Uint8Array {
  const bytes = bytesOf(checkpoint, file)
  let end = 0
  // Objects list names that are numbers first, wherever those were written.
  for (const { name, offset, length } of tensors.toSorted((a, b) => a.offset - b.offset)) {
    if (offset !== end)
      throw damaged(checkpoint, file, `${name} at byte ${end}, received ${offset}`)
    end += length
  }
  if (end === bytes.byteLength) return bytes
  throw damaged(checkpoint, file, `tensors of ${bytes.byteLength} bytes, received ${end}`)
}

function assertFinite(
  checkpoint: Checkpoint,
  file: string,
  bytes: Uint8Array,
  tensors: readonly StoredTensor[],
): void {
  for (const tensor of tensors) {
    const values = storedValues(bytes, tensor)
    const at = values.findIndex((value) => !Number.isFinite(value))
    if (at < 0) continue
    throw new TrainingError(
      'CHECKPOINT_DAMAGED',
      `${join(checkpoint.path, file)}: expected finite weights, received ${values[at]} in ${tensor.name}, value ${at}. ` +
        'The run diverged: take an earlier checkpoint, and train with a lower learning rate.',
    )
  }
}

function bytesOf(checkpoint: Checkpoint, file: string): Uint8Array {
  const bytes = checkpoint.files.get(file)
  if (bytes) return bytes
  throw damaged(checkpoint, file, 'to be listed in checkpoint.json, received none')
}

function damaged({ path }: Checkpoint, file: string, what: string): TrainingError {
  return new TrainingError(
    'CHECKPOINT_DAMAGED',
    `${join(path, file)}: expected ${what}. It is damaged: take another checkpoint.`,
  )
}
