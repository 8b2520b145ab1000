import { augmented } from '../augment/augmented-dataset.js'
import { ArrayDataset, byteTable } from '../datasets/array-dataset.js'
import { Subset } from '../datasets/subset.js'
import type { DataContext } from '../files/data-context.js'
import type { DataLoader } from '../loader/data-loader.js'
import { SplitLoaders } from '../loader/split-loaders.js'
import type { DataConfig } from '../modules/data-config.js'
import { DataModule, type Stage } from '../modules/data-module.js'
import type { OptionsSchema } from '../modules/options-schema.js'
import { parseOptions } from '../modules/parse-options.js'
import { emnistSummary } from '../modules/summaries.js'
import { describeModule } from '../show/describe-module.js'
import { resizeImages } from '../transforms/resize-images.js'
import { samplingOf, splitTraining } from './character-parts.js'
import { emnistMapping, labelCharacters } from './characters.js'
import type { CharacterImages } from './emnist-images.js'
import { emnistOptions, type EmnistOptions } from './emnist-options.js'
import { loadEmnist, type LoadedEmnist } from './load-emnist.js'

const side = 28

/**
 * Serves EMNIST: handwritten digits and letters of 28×28 pixels, upright, in [0, 1]; classes are indices into a mapping
 * of 83 with 4 special tokens before the characters. The training file is split 80 / 20 by seed.
 *
 * Source: G. Cohen et al., EMNIST: an extension of MNIST to handwritten letters, arXiv:1702.05373.
 */
export class EMNIST extends DataModule {
  static override readonly summary = emnistSummary
  static override readonly options: OptionsSchema = emnistOptions

  readonly options: Readonly<EmnistOptions>
  readonly #context: DataContext
  readonly #loaders: SplitLoaders
  #prepared: Promise<LoadedEmnist> | undefined

  constructor(options: Partial<EmnistOptions> = {}, context: DataContext = {}) {
    super()
    this.options = parseOptions('EMNIST', emnistOptions, options)
    this.#context = context
    this.#loaders = new SplitLoaders('EMNIST', this.options, context)
  }

  override async prepareData(): Promise<void> {
    await this.#load()
  }

  override async setup(stage: Stage): Promise<void> {
    if (stage === 'predict' || this.#loaders.has('train')) return
    const { train, test } = await this.#load()
    const whole = this.#dataset(train)
    const parts = splitTraining(whole.length, this.options)
    const { first } = this.options
    const chosen = first > 0 ? parts.train.slice().sort().subarray(0, first) : parts.train
    const range = { background: 0, ink: whole.lookup[255] as number }
    this.#loaders.set('train', augmented(new Subset(whole, chosen), this.options, range))
    this.#loaders.set('val', new Subset(whole, parts.val))
    this.#loaders.set('test', this.#dataset(test))
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
    const size = this.options.resize || side
    return {
      name: 'EMNIST',
      inputDims: [size, size, 1],
      outputDims: [1],
      mapping: [...emnistMapping],
      preprocessing: {
        pixelScale: this.options.pixelScale,
        height: size,
        width: size,
        channels: 1,
        kind: 'digit',
      },
    }
  }

  override describe(): string {
    const { split, emnistFiles } = this.options
    const characters = labelCharacters[split].join('')
    const files =
      emnistFiles === ''
        ? 'official, checked by SHA-256'
        : `${emnistFiles}, unverified: taken as they are`
    return describeModule(this, [
      `Split: ${split}, with images of ${characters}`,
      `Sampling: ${samplingOf(this.options)}`,
      `Files: ${files}`,
    ])
  }

  override async teardown(): Promise<void> {
    this.#prepared = undefined
    await this.#loaders.close()
  }

  #load(): Promise<LoadedEmnist> {
    const { split, splitSeed: seed, emnistFiles } = this.options
    const choice = { split, seed, emnistFiles, sampling: samplingOf(this.options) }
    this.#prepared ??= loadEmnist(choice, this.#context).catch((error: unknown) => {
      this.#prepared = undefined
      throw error
    })
    return this.#prepared
  }

  #dataset({ images, classes }: CharacterImages): ArrayDataset {
    const size = this.options.resize || side
    const asTheyAre = { count: classes.length, height: side, width: side, pixels: images }
    return new ArrayDataset({
      x: resizeImages(asTheyAre, { height: size, width: size }),
      xShape: [size, size, 1],
      y: classes,
      lookup: byteTable(this.options.pixelScale),
    })
  }
}
