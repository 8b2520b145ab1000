import type { Batch } from '../loader/batch.js'
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
}

/** Answers one request. */
export type BatchAnswer = { id: number; batch: Batch } | { id: number; error: string }
