import { DataError } from '../errors/data-error.js'
import { sizeOf } from '../datasets/dataset.js'
import { fillBatch } from '../loader/fill-batch.js'
import type { DataModule } from '../modules/data-module.js'
import { keyedRandom, randomInteger } from '../random/keyed-random.js'
import { statsOf, type ArrayStats } from './stats.js'

/** Holds one training item and what it stands for. */
export interface DataItem {
  /** Place in the training set. */
  index: number
  /** Values as the model gets them, `[height, width, channels]`. */
  x: Float32Array
  xShape: number[]
  /** Class, or the classes of a line. */
  y: number[]
  /** The class's character or name; a line's characters, joined. */
  label: string
}

/** Holds what there is to show of a data set: the first training batch summed up, and one item. */
export interface DataInspection {
  x: ArrayStats
  y: ArrayStats
  item: DataItem
}

/**
 * Sums up the first training batch and draws one training item, by `seed` (42 unless given) or by `index`.
 * The module has to be set up for `fit`.
 */
export function inspectData(
  module: DataModule,
  options: { seed?: number; index?: number } = {},
): DataInspection {
  const loader = module.trainDataLoader()
  const { dataset } = loader
  const index =
    options.index ?? randomInteger(keyedRandom(options.seed ?? 42, 'show'), dataset.length)
  if (!Number.isInteger(index) || index < 0 || index >= dataset.length) {
    throw new DataError(
      'invalid-options',
      `${module.config().name}: expected an index from 0 to ${dataset.length - 1}, received ${index}.`,
    )
  }
  const batch = loader.batch(0, 0)
  const one = fillBatch(dataset, [index], { seed: loader.seed, epoch: 0 })
  const { mapping } = module.config()
  const y = Array.from(one.y)
  const names = y.map((value) => mapping[value] ?? String(value))
  const xShape = [...dataset.xShape]
  return {
    x: statsOf(batch.x, batch.xShape),
    y: statsOf(batch.y, batch.yShape),
    item: { index, x: one.x.subarray(0, sizeOf(xShape)), xShape, y, label: names.join('') },
  }
}
