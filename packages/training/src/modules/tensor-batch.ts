import type { Batch } from '@ductus/data'
import { tensor } from '@tensorflow/tfjs-core'
import type { TensorBatch } from './step-context.js'

/** Makes tensors of a batch. Call it inside a tidy: nothing else disposes of them. */
export function tensorBatch(batch: Batch, index: number): TensorBatch {
  return {
    x: tensor(batch.x, batch.xShape, 'float32'),
    y: tensor(batch.y, batch.yShape, batch.y instanceof Int32Array ? 'int32' : 'float32'),
    size: batch.size,
    index,
    source: batch,
  }
}
