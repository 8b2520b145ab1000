import { sizeOf, type Dataset } from '../datasets/dataset.js'
import type { Batch } from './batch.js'

/** The memory of a batch; a batch that is not full leaves some of it free. */
export type BatchArrays = Pick<Batch, 'x' | 'y'>

/**
 * Makes memory for batches of up to so many samples, to be filled again and again. Inputs lie where the dataset
 * wants them; with `shared`, other threads can read both.
 */
export function newBatchArrays(dataset: Dataset, samples: number, shared: boolean): BatchArrays {
  const floats = (length: number): Float32Array => new Float32Array(memory(4 * length, shared))
  const yLength = samples * sizeOf(dataset.yShape)
  return {
    x: dataset.newInputs?.(samples) ?? floats(samples * sizeOf(dataset.xShape)),
    y: dataset.yDtype === 'float32' ? floats(yLength) : new Int32Array(memory(4 * yLength, shared)),
  }
}

function memory(bytes: number, shared: boolean): ArrayBufferLike {
  return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)
}
