import { limitedBatches, type BatchLimit } from '../data/batch-limit.js'
import type { BatchLoader, TrainingData } from '../data/training-data.js'
import type { LimitedLoader } from '../loops/limited-loader.js'
import { TrainingError } from '../training-error.js'
import type { TrainerOptions } from './trainer-options.js'

type Limits = Pick<
  TrainerOptions,
  | 'limitTrainBatches'
  | 'limitValBatches'
  | 'limitTestBatches'
  | 'overfitBatches'
  | 'overfitEvaluation'
>

/** Gives the training batches: under `overfitBatches` the first ones in file order, the same every epoch. */
export function trainLoader(data: TrainingData, limits: Limits): LimitedLoader {
  const loader = required(data, 'trainDataLoader')
  if (limits.overfitBatches === undefined) return limited(loader, limits.limitTrainBatches)
  return limited(loader.unshuffled?.() ?? loader, limits.overfitBatches)
}

/** Gives the validation batches; none where the data have none. */
export function validationLoaders(data: TrainingData, limits: Limits): LimitedLoader[] {
  if (overfits(limits)) {
    const wanted = limits.limitValBatches !== 0
    return wanted ? [trainLoader(data, limits)] : []
  }
  if (!data.valDataLoader) return []
  const given = data.valDataLoader()
  const loaders = isLoader(given) ? { '': given } : given
  return Object.entries(loaders)
    .map(([name, loader], i) => ({
      ...limited(loader, limits.limitValBatches),
      name: i === 0 ? '' : name,
    }))
    .filter(({ batches }) => batches > 0)
}

/** Gives the test batches. */
export function testLoader(data: TrainingData, limits: Limits): LimitedLoader {
  if (overfits(limits)) return trainLoader(data, limits)
  return limited(required(data, 'testDataLoader'), limits.limitTestBatches)
}

function overfits({ overfitBatches, overfitEvaluation = 'train' }: Limits): boolean {
  return overfitBatches !== undefined && overfitEvaluation === 'train'
}

function limited(loader: BatchLoader, limit: BatchLimit | undefined): LimitedLoader {
  return { name: '', loader, batches: limitedBatches(loader.length, limit) }
}

function required(data: TrainingData, name: 'trainDataLoader' | 'testDataLoader'): BatchLoader {
  const loader = data[name]?.()
  if (loader) return loader
  throw new TrainingError(
    'NO_DATA',
    `Trainer: expected data with ${name}(), received data without. Write it, or call what needs none of it.`,
  )
}

function isLoader(value: object): value is BatchLoader {
  return typeof (value as Partial<BatchLoader>).batches === 'function'
}
