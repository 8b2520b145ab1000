import type { Dataset } from '../datasets/dataset.js'

/**
 * Says how a dataset is made again in a worker thread: which function of which module, called with what.
 * Typed arrays on a `SharedArrayBuffer` are shared; the rest of `options` is cloned.
 */
export interface DatasetRecipe {
  /** URL of an ES module; left out for the datasets of this package. */
  moduleUrl?: string
  /** Name of a function `(options, remake) => Dataset` that the module exports. */
  exportName: string
  options: unknown
}

/** Makes a dataset from a recipe's options; `remake` follows the recipes inside them. */
export type DatasetMaker = (
  options: never,
  remake: (recipe: DatasetRecipe) => Promise<Dataset>,
) => Dataset | Promise<Dataset>
