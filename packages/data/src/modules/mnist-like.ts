import { augmented } from '../augment/augmented-dataset.js'
import { ArrayDataset, byteTable } from '../datasets/array-dataset.js'
import type { Dataset } from '../datasets/dataset.js'
import { randomSplit } from '../datasets/random-split.js'
import { slice } from '../datasets/slice.js'
import { DataError } from '../errors/data-error.js'
import type { DataContext } from '../files/data-context.js'
import { obtainFiles, type ObtainedFiles } from '../files/obtain-files.js'
import { readIdxPair, type LabelledImages } from '../formats/read-idx-pair.js'
import type { DataLoader } from '../loader/data-loader.js'
import { SplitLoaders } from '../loader/split-loaders.js'
import { keyedRandom } from '../random/keyed-random.js'
import { resizeImages } from '../transforms/resize-images.js'
import type { DataConfig } from './data-config.js'
import { DataModule, type Stage } from './data-module.js'
import type { MnistLikeOptions } from './mnist-like-options.js'

/** Says what sets one MNIST-like data set apart from another. */
export interface MnistLikeInfo {
  /** Class name, for messages. */
  name: string
  /** Name of its folder under `raw` and `downloaded`. */
  folder: string
  mapping: readonly string[]
  /** Mean and deviation of the training pixels in [0, 1]. */
  mean: number
  std: number
  kind: 'digit' | 'image'
}

const side = 28

/** Serves four IDX files of 28×28 images and labels as training, validation and test data. */
export abstract class MnistLike extends DataModule {
  readonly options: Readonly<MnistLikeOptions>
  readonly #info: MnistLikeInfo
  readonly #context: DataContext
  readonly #loaders: SplitLoaders
  #files: Promise<ObtainedFiles> | undefined

  protected constructor(info: MnistLikeInfo, options: MnistLikeOptions, context: DataContext) {
    super()
    this.#info = info
    this.#context = context
    this.options = options
    this.#loaders = new SplitLoaders(info.name, options, context)
  }

  override async prepareData(): Promise<void> {
    await this.#obtain()
  }

  override async setup(stage: Stage): Promise<void> {
    if (stage === 'fit' || stage === 'validate') await this.#setupTraining()
    if (stage === 'test' && !this.#loaders.has('test')) {
      this.#loaders.set('test', this.#dataset(await this.#read('t10k')))
    }
  }

  override trainDataLoader(): DataLoader {
    return this.#loaders.train()
  }

  override valDataLoader(): DataLoader {
    return this.#loaders.val()
  }

  override testDataLoader(): DataLoader {
    return this.#loaders.test()
  }

  override config(): DataConfig {
    const { name, mapping, mean, std, kind } = this.#info
    const { resize, pixelScale, normalize } = this.options
    const size = resize || side
    return {
      name,
      inputDims: [size, size, 1],
      outputDims: [1],
      mapping: [...mapping],
      preprocessing: {
        pixelScale,
        ...(normalize ? { mean, std } : {}),
        height: size,
        width: size,
        channels: 1,
        kind,
      },
    }
  }

  override async teardown(): Promise<void> {
    await this.#loaders.close()
  }

  #obtain(): Promise<ObtainedFiles> {
    this.#files ??= obtainFiles(this.#info.folder, this.#context).catch((error: unknown) => {
      this.#files = undefined
      throw error
    })
    return this.#files
  }

  async #setupTraining(): Promise<void> {
    if (this.#loaders.has('train')) return
    const { trainSize, valSize, splitSeed, first } = this.options
    const whole = this.#dataset(await this.#read('train'))
    const wanted = (first || trainSize) + valSize
    if (wanted > whole.length) {
      throw new DataError(
        'invalid-options',
        `${this.#info.name}: expected ${first > 0 ? 'first' : 'trainSize'} + valSize of at most ` +
          `${whole.length}, received ${first || trainSize} + ${valSize}. Ask for fewer images.`,
      )
    }
    const random = keyedRandom(splitSeed, 'split')
    const [train, val] =
      first > 0
        ? [
            slice(whole, 0, first),
            ...randomSplit(slice(whole, first, whole.length), [valSize], random),
          ]
        : randomSplit(whole, [trainSize, valSize], random)
    const { lookup } = whole
    const range = { background: lookup[0] as number, ink: lookup[255] as number }
    this.#loaders.set('train', augmented(train as Dataset, this.options, range))
    this.#loaders.set('val', val as Dataset)
  }

  async #read(part: 'train' | 't10k'): Promise<LabelledImages> {
    const { paths } = await this.#obtain()
    const images = paths.get(`${part}-images-idx3-ubyte.gz`)
    const labels = paths.get(`${part}-labels-idx1-ubyte.gz`)
    if (images === undefined || labels === undefined) {
      throw new DataError(
        'bad-file',
        `${this.#info.name}: expected ${part}-images-idx3-ubyte.gz and ${part}-labels-idx1-ubyte.gz ` +
          'in its metadata.toml, received neither. Mend or remove the file.',
      )
    }
    const dims = { height: side, width: side }
    return readIdxPair(images, labels, { dims, classes: this.#info.mapping.length })
  }

  #dataset(data: LabelledImages): ArrayDataset {
    const { pixelScale, normalize, resize } = this.options
    const { mean, std } = this.#info
    const size = resize || side
    const x = resizeImages(data.images, { height: size, width: size })
    const lookup = normalize ? byteTable(pixelScale, mean, std) : byteTable(pixelScale)
    return new ArrayDataset({ x, xShape: [size, size, 1], y: data.labels, lookup })
  }
}
