export {
  ArrayDataset,
  byteTable,
  type ArrayDatasetOptions,
  type NumberArray,
} from './datasets/array-dataset.js'
export { sizeOf, type Dataset, type FillContext } from './datasets/dataset.js'
export { randomSplit } from './datasets/random-split.js'
export { Subset } from './datasets/subset.js'
export { DataError, type DataErrorCode } from './errors/data-error.js'
export type {
  DataContext,
  DataProgress,
  DataReporter,
  DownloadOptions,
} from './files/data-context.js'
export { dataFolders, type DataFolders } from './files/data-folders.js'
export { readMetadata, type DatasetFile, type DatasetMetadata } from './files/dataset-metadata.js'
export { download } from './files/download.js'
export { obtainFiles, type ObtainedFiles } from './files/obtain-files.js'
export { checkPairing, parseIdxImages, parseIdxLabels, type IdxImages } from './formats/idx.js'
export { readIdxPair, type LabelledImages } from './formats/read-idx-pair.js'
export type { Batch } from './loader/batch.js'
export { DataLoader, type DataLoaderOptions } from './loader/data-loader.js'
export type { DataConfig, Preprocessing } from './modules/data-config.js'
export { DataModule, type DataModuleClass, type Stage } from './modules/data-module.js'
export { FashionMNIST } from './modules/fashion-mnist.js'
export { MNIST } from './modules/mnist.js'
export type { MnistLikeOptions } from './modules/mnist-like-options.js'
export type { OptionsSchema } from './modules/options-schema.js'
export { hashKey } from './random/hash-key.js'
export { keyedRandom, randomInteger, type Random } from './random/keyed-random.js'
export { inspectData, type DataInspection, type DataItem } from './show/inspect-data.js'
export { statsOf, type ArrayStats } from './show/stats.js'
export { resizeImages } from './transforms/resize-images.js'
export type { DatasetMaker, DatasetRecipe } from './workers/dataset-recipe.js'
export { remakeDataset } from './workers/dataset-makers.js'
export { EMNIST } from './emnist/emnist.js'
export type { EmnistOptions } from './emnist/emnist-options.js'
export { emnistMapping, specialTokens, token, type EmnistSplit } from './emnist/characters.js'
export { openZip, type ZipArchive } from './formats/zip.js'
export { readSafetensors, writeSafetensors, type TensorFile } from './formats/safetensors.js'
export type { LoaderOptions } from './modules/loader-options.js'
export { EMNISTLines } from './lines/emnist-lines.js'
export type { EmnistLinesOptions } from './lines/emnist-lines-options.js'
export type { LineStyle } from './lines/line-style.js'
export { loadText, type TextChoice } from './sentences/load-text.js'
export { sampleSentences } from './sentences/sample-sentences.js'
export { SentenceGenerator } from './sentences/sentence-generator.js'
export { AugmentedDataset, type InkRange } from './augment/augmented-dataset.js'
export type { AugmentOptions } from './augment/augment-options.js'
export { LinesDataset } from './lines/lines-dataset.js'
export { LineWriter } from './lines/line-writer.js'
export { lineMaterial, type LineMaterial } from './lines/line-material.js'
