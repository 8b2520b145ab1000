import type { DataContext } from '../files/data-context.js'
import type { DataLoader } from '../loader/data-loader.js'
import { describeModule } from '../show/describe-module.js'
import type { DataConfig } from './data-config.js'
import type { OptionsSchema } from './options-schema.js'

/** Names the part of a run that data is set up for. */
export type Stage = 'fit' | 'validate' | 'test' | 'predict'

/**
 * Brings a data set from its files to loaders: `prepareData()` gets the files (once a machine), `setup(stage)` reads
 * and splits them, the loaders serve them, `config()` tells a model what to expect, `teardown()` lets go.
 * Extend it for data of your own; the constructor takes `(options, context)`.
 */
export abstract class DataModule {
  /** Says in a line what the data is, for lists and help. */
  static readonly summary: string = ''
  /** Zod object of the options, for flags and help. */
  static readonly options: OptionsSchema | undefined = undefined

  /** Gets the files. Safe to call again, and from several processes at once. */
  async prepareData(): Promise<void> {}

  /** Reads and splits what the stage needs. */
  abstract setup(stage: Stage): Promise<void>
  abstract trainDataLoader(): DataLoader
  abstract valDataLoader(): DataLoader
  abstract testDataLoader(): DataLoader

  /** Tells what a model has to know; callable before `setup`. */
  abstract config(): DataConfig

  /** Describes the data in a few lines; after `setup('fit')` with sizes and the stats of a batch. */
  describe(): string {
    return describeModule(this)
  }

  /** Lets go of what `setup` made. */
  async teardown(): Promise<void> {}
}

/** Is a class of data modules, with what the command line asks of it. */
export interface DataModuleClass {
  readonly name: string
  readonly summary?: string
  readonly options?: OptionsSchema | undefined
  new (options?: Record<string, unknown>, context?: DataContext): DataModule
}
