import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { augmented } from '../augment/augmented-dataset.js'
import { ArrayDataset } from '../datasets/array-dataset.js'
import type { Dataset } from '../datasets/dataset.js'
import { samplingOf, splitTraining } from '../emnist/character-parts.js'
import { emnistMapping, standIn } from '../emnist/characters.js'
import { loadEmnist } from '../emnist/load-emnist.js'
import { DataError } from '../errors/data-error.js'
import type { DataContext } from '../files/data-context.js'
import { dataFolders } from '../files/data-folders.js'
import type { DataLoader } from '../loader/data-loader.js'
import { SplitLoaders } from '../loader/split-loaders.js'
import type { DataConfig } from '../modules/data-config.js'
import { DataModule, type Stage } from '../modules/data-module.js'
import type { OptionsSchema } from '../modules/options-schema.js'
import { parseOptions } from '../modules/parse-options.js'
import { emnistLinesSummary } from '../modules/summaries.js'
import { hashKey } from '../random/hash-key.js'
import { loadText } from '../sentences/load-text.js'
import { splitText } from '../sentences/split-text.js'
import { describeModule } from '../show/describe-module.js'
import { cachedLines, type LineImages } from './cached-lines.js'
import { emnistLinesOptions, type EmnistLinesOptions } from './emnist-lines-options.js'
import { lineMaterial, type LineMaterial } from './line-material.js'
import type { LineStyle } from './line-style.js'
import { LinesDataset } from './lines-dataset.js'

type Part = 'train' | 'val' | 'test'

/**
 * Serves synthetic lines of handwriting: sentences set in EMNIST characters, `[28, 28 · maxLength, 1]` in [0, 1], with
 * `maxLength` class indices, padded by `<P>`. Training, validation and test share neither images nor sentences.
 *
 * Source: the EMNIST lines of the Full Stack Deep Learning text recognizer labs; overlapping ink saturates here.
 */
export class EMNISTLines extends DataModule {
  static override readonly summary = emnistLinesSummary
  static override readonly options: OptionsSchema = emnistLinesOptions

  readonly options: Readonly<EmnistLinesOptions>
  readonly #context: DataContext
  readonly #loaders: SplitLoaders
  #datasets: Promise<Record<Part, Dataset>> | undefined

  constructor(options: Partial<EmnistLinesOptions> = {}, context: DataContext = {}) {
    super()
    this.options = parseOptions('EMNISTLines', emnistLinesOptions, options)
    const { minOverlap, maxOverlap } = this.options
    if (minOverlap > maxOverlap) {
      throw new DataError(
        'invalid-options',
        `EMNISTLines: expected minOverlap of at most maxOverlap (${maxOverlap}), received ${minOverlap}.`,
      )
    }
    this.#context = context
    this.#loaders = new SplitLoaders('EMNISTLines', this.options, context)
  }

  override async prepareData(): Promise<void> {
    await this.#load()
  }

  override async setup(stage: Stage): Promise<void> {
    if (stage === 'predict' || this.#loaders.has('train')) return
    const datasets = await this.#load()
    const range = { background: 0, ink: 1 }
    this.#loaders.set('train', augmented(datasets.train, this.options, range))
    this.#loaders.set('val', datasets.val)
    this.#loaders.set('test', datasets.test)
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
    const { maxLength, minOverlap, maxOverlap } = this.options
    const width = 28 * maxLength
    return {
      name: 'EMNISTLines',
      inputDims: [28, width, 1],
      outputDims: [maxLength],
      mapping: [...emnistMapping],
      preprocessing: { pixelScale: 255, height: 28, width, channels: 1, kind: 'line' },
      line: { minOverlap, maxOverlap },
    }
  }

  override describe(): string {
    const { minOverlap, maxOverlap, split, onTheFly, textFile, emnistFiles } = this.options
    const unverified = emnistFiles === '' ? '' : ` of ${emnistFiles}, unverified`
    return describeModule(this, [
      `Overlap: ${minOverlap} to ${maxOverlap}`,
      `Characters: EMNIST ${split}${unverified}`,
      `Sentences: ${textFile === '' ? 'the Brown corpus' : textFile}`,
      `Training lines: ${onTheFly ? 'fresh every epoch' : 'the same every epoch'}`,
    ])
  }

  override async teardown(): Promise<void> {
    this.#datasets = undefined
    await this.#loaders.close()
  }

  #load(): Promise<Record<Part, Dataset>> {
    this.#datasets ??= this.#make().catch((error: unknown) => {
      this.#datasets = undefined
      throw error
    })
    return this.#datasets
  }

  async #make(): Promise<Record<Part, Dataset>> {
    const { options } = this
    const { key, material } = await this.#materials()
    const counts = { train: options.numTrain, val: options.numVal, test: options.numTest }
    const style = this.#style()
    const fixedSeed = options.splitSeed
    const asIs = (part: Part): Dataset =>
      new LinesDataset({ material: material(part), style, length: counts[part], part, fixedSeed })
    if (options.onTheFly) {
      const train = { material: material('train'), style, length: counts.train, part: 'train' }
      return { train: new LinesDataset(train), val: asIs('val'), test: asIs('test') }
    }
    const plan = { style, seed: fixedSeed, counts }
    const lines = await cachedLines(this.#path(key), key, plan, material, this.#context)
    const dataset = ({ pictures, targets }: LineImages): Dataset =>
      new ArrayDataset({
        x: pictures,
        xShape: [28, 28 * style.maxLength, 1],
        y: targets,
        yShape: [style.maxLength],
      })
    return { train: dataset(lines.train), val: dataset(lines.val), test: dataset(lines.test) }
  }

  /** Loads characters and text; each part has images and a stretch of text of its own. */
  async #materials(): Promise<{ key: string; material: (part: Part) => LineMaterial }> {
    const { split, splitSeed: seed, emnistFiles, textFile, unknownCharacters } = this.options
    const alphabet = new Set(emnistMapping.filter((one) => standIn(one, split) !== undefined))
    alphabet.add(' ')
    const text = await loadText({ textFile, unknownCharacters, alphabet }, this.#context)
    const choice = { split, seed, emnistFiles, sampling: samplingOf(this.options) }
    const emnist = await loadEmnist(choice, this.#context)
    const texts = splitText(text)
    const members = splitTraining(emnist.train.classes.length, this.options)
    const every = Uint32Array.from(emnist.test.classes, (_, i) => i)
    const material = (part: Part): LineMaterial =>
      part === 'test'
        ? lineMaterial(emnist.test, every, texts.test, split)
        : lineMaterial(emnist.train, members[part], texts[part], split)
    const textKey = crc32(text)
    const all = [
      emnist.key,
      textKey,
      text.length,
      seed,
      this.options.trainFraction,
      JSON.stringify(this.#style()),
    ]
    return {
      key: hashKey('lines', 1, ...all)
        .toString(16)
        .padStart(8, '0'),
      material,
    }
  }

  #style(): LineStyle {
    const { maxLength, minOverlap, maxOverlap, withStartEndTokens } = this.options
    return { maxLength, minOverlap, maxOverlap, withStartEndTokens }
  }

  #path(key: string): string {
    const { maxLength, minOverlap, maxOverlap, numTrain, numVal, numTest } = this.options
    const tokens = this.options.withStartEndTokens ? '_se' : ''
    const name =
      `ml${maxLength}_o${minOverlap}-${maxOverlap}_ntr${numTrain}_nv${numVal}_nte${numTest}` +
      `${tokens}_${this.options.split}_${key}.safetensors`
    return join(dataFolders('emnist-lines', this.#context).processed, name)
  }
}
