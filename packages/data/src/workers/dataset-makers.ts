import type { AugmentOptions } from '../augment/augment-options.js'
import { AugmentedDataset, type InkRange } from '../augment/augmented-dataset.js'
import { ArrayDataset, type ArrayDatasetOptions } from '../datasets/array-dataset.js'
import type { Dataset } from '../datasets/dataset.js'
import { Subset } from '../datasets/subset.js'
import { LinesDataset, type LinesDatasetOptions } from '../lines/lines-dataset.js'
import type { DatasetMaker, DatasetRecipe } from './dataset-recipe.js'

/** Makes this package's own datasets again from their recipes. */
const makers: Readonly<Record<string, DatasetMaker>> = {
  arrayDataset: (options: ArrayDatasetOptions) => new ArrayDataset(options),
  augmentedDataset: async (
    options: { dataset: DatasetRecipe; augment: AugmentOptions; range: InkRange },
    remake,
  ) => new AugmentedDataset(await remake(options.dataset), options.augment, options.range),
  linesDataset: (options: LinesDatasetOptions) => new LinesDataset(options),
  subset: async (options: { dataset: DatasetRecipe; indices: Uint32Array }, remake) =>
    new Subset(await remake(options.dataset), options.indices),
}

/** Makes a dataset from its recipe, here or in a worker. */
export async function remakeDataset(recipe: DatasetRecipe): Promise<Dataset> {
  const { moduleUrl, exportName, options } = recipe
  const module =
    moduleUrl === undefined ? makers : ((await import(moduleUrl)) as Record<string, unknown>)
  const maker = module[exportName]
  if (typeof maker !== 'function') {
    throw new Error(`${moduleUrl ?? '@ductus/data'} has no function ${exportName}`)
  }
  return (maker as DatasetMaker)(options as never, remakeDataset)
}
