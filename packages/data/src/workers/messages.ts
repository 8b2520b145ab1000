import type { BatchArrays } from '../loader/batch-arrays.js'
import type { DatasetRecipe } from './dataset-recipe.js'

/** Starts a worker. */
export interface WorkerStart {
  recipe: DatasetRecipe
  /** Which of how many workers it is. */
  worker: number
  workers: number
}

/** Says what batches a reading consists of. */
export interface ReadingPlan {
  /** Indices of samples in the order of their visit. */
  order: Uint32Array
  batchSize: number
  seed: number
  epoch: number
  /** Batches to make: from the first to before the second. */
  from: number
  to: number
}

/** Tells a worker of a reading that begins, with its board; that there is work again; that a reading has ended. */
export type WorkerTask =
  | { begin: number; plan: ReadingPlan; board: Int32Array; slots: number }
  | { resume: number }
  | { end: number }

/** Tells of a reading: where a worker lays its batches; that the awaited one is there; that one has failed. */
export type WorkerNews =
  | { reading: number; slots: BatchArrays[] }
  | { reading: number }
  | { reading: number; index: number | undefined; error: string }
