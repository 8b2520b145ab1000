import type { BatchLoader } from '../data/training-data.js'

/** A loader with the batches that are taken of it. */
export interface LimitedLoader {
  /** Empty for the first of several. */
  name: string
  loader: BatchLoader
  batches: number
}

/** Counts the samples of a limited loader, 0 where the loader does not say how large its batches are. */
export function samplesOf({ loader, batches }: LimitedLoader): number {
  const most = batches * (loader.batchSize ?? 0)
  return Math.min(loader.dataset?.length ?? Infinity, most)
}
