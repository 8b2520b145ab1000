import type { Batch } from '../loader/batch.js'
import type { BatchArrays } from '../loader/fill-batch.js'
import type { DatasetRecipe } from './dataset-recipe.js'

/** Starts a worker. */
export interface WorkerStart {
  recipe: DatasetRecipe
}

/** Asks a worker for a batch. */
export interface BatchRequest {
  id: number
  indices: Uint32Array
  seed: number
  epoch: number
  /** Arrays to fill, where there are some. */
  spare?: BatchArrays
}

/** Answers one request. */
export type BatchAnswer = { id: number; batch: Batch } | { id: number; error: string }

/** Names what a message with these arrays hands over instead of copying it. */
export function buffersOf({ x, y }: BatchArrays): ArrayBuffer[] {
  return [x.buffer as ArrayBuffer, y.buffer as ArrayBuffer]
}
