import type { Batch, DataConfig } from '@ductus/data'

/**
 * Hands out batches. Stateless: `batches(epoch, fromBatch)` depends on its arguments alone, which is what makes
 * resuming exact. `DataLoader` of `@ductus/data` is one.
 */
export interface BatchLoader {
  /** Batches an epoch. */
  readonly length: number
  readonly batchSize?: number
  readonly dataset?: { readonly length: number }
  /** With `reuse`, as training reads, the arrays of a batch may be filled again once the next one is asked for. */
  batches(epoch: number, fromBatch?: number, options?: { reuse?: boolean }): AsyncIterable<Batch>
  /** The same data in file order; `overfitBatches` takes it where there is one. */
  unshuffled?(): BatchLoader
}

/** Why data are set up. */
export type DataStage = 'fit' | 'validate' | 'test' | 'predict'

/** What the Trainer asks of data. Every `DataModule` of `@ductus/data` has it; a plain object will do. */
export interface TrainingData {
  prepareData?(): Promise<void>
  setup?(stage: DataStage): Promise<void>
  trainDataLoader?(): BatchLoader
  /** One loader, or several by name: the first one's metrics are `validation/…`, the others' `validation/<name>/…`. */
  valDataLoader?(): BatchLoader | Readonly<Record<string, BatchLoader>>
  testDataLoader?(): BatchLoader
  config?(): DataConfig
}
