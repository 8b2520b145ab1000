import { join } from 'node:path'
import { DataError, messageOf } from '../errors/data-error.js'
import type { DataContext } from '../files/data-context.js'
import { dataFolders } from '../files/data-folders.js'
import { readMetadata } from '../files/dataset-metadata.js'
import { withFileLock } from '../files/file-lock.js'
import { readSafetensors, writeSafetensors, type TensorFile } from '../formats/safetensors.js'
import { hashKey } from '../random/hash-key.js'
import type { Sampling } from './balance.js'
import { emnistMapping, type EmnistSplit } from './characters.js'
import { readEmnist, type CharacterImages, type EmnistImages } from './emnist-images.js'
import { emnistFileName, folderKey, folderSource, officialSource } from './emnist-source.js'

/** Says which images of EMNIST are wanted. */
export interface EmnistChoice {
  split: EmnistSplit
  sampling: Sampling
  /** Seed of the sampling. */
  seed: number
  /** Folder of files that are taken as they are; '' = the official ones. */
  emnistFiles: string
}

/** Holds the images and what they were made of, for the keys of what is made of them in turn. */
export interface LoadedEmnist extends EmnistImages {
  key: string
}

const formatVersion = '1'

/**
 * Loads a split's images, ready made from the cache under `processed/emnist/`, else from the files; then
 * the cache is written. It is keyed by what made it, and made again when it is damaged.
 */
export async function loadEmnist(
  choice: EmnistChoice,
  context: DataContext = {},
): Promise<LoadedEmnist> {
  const { split, sampling, seed, emnistFiles } = choice
  const key = await keyOf(choice, context)
  const folder = dataFolders('emnist', context).processed
  const path = join(folder, `${split}-${sampling}-${key}.safetensors`)
  const cached = (await fromCache(path, key, context)) ?? (await locked())
  return { ...cached, key }

  async function locked(): Promise<EmnistImages> {
    const build = async (): Promise<EmnistImages> => {
      const made = await fromCache(path, key, {})
      if (made !== undefined) return made
      context.reporter?.info?.(`EMNIST: reading split ${split}.`)
      const source =
        emnistFiles === '' ? await officialSource(split, context) : folderSource(emnistFiles, split)
      try {
        const images = await readEmnist(source, split, sampling, seed)
        await writeSafetensors(path, toFile(images, choice, key))
        return images
      } finally {
        source.close()
      }
    }
    return withFileLock(`${path}.lock`, build, context.signal)
  }
}

async function keyOf(choice: EmnistChoice, context: DataContext): Promise<string> {
  const { split, sampling, seed, emnistFiles } = choice
  const names = (['train-images', 'train-labels', 'test-images', 'test-labels'] as const).map(
    (part) => emnistFileName(split, part),
  )
  const sums =
    emnistFiles === ''
      ? (await readMetadata('emnist', dataFolders('emnist', context))).files
          .filter((file) => names.includes(file.name))
          .map((file) => file.checksum.hex)
      : await folderKey(emnistFiles, split)
  const drawn = sampling === 'all' ? 0 : seed
  const key = [formatVersion, split, sampling, drawn, ...sums].join()
  return hashKey(key).toString(16).padStart(8, '0') + hashKey('', key).toString(16).padStart(8, '0')
}

async function fromCache(
  path: string,
  key: string,
  context: DataContext,
): Promise<EmnistImages | undefined> {
  let file: TensorFile | undefined
  try {
    file = await readSafetensors(path)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    context.reporter?.warn?.(`${messageOf(error)} It is made again.`)
    return undefined
  }
  if (file === undefined || file.metadata.key !== key) return undefined
  const part = (name: string): CharacterImages | undefined => {
    const images = file.tensors[`x_${name}`]?.data
    const classes = file.tensors[`y_${name}`]?.data
    return images === undefined || classes === undefined ? undefined : { images, classes }
  }
  const [train, test] = [part('train'), part('test')]
  return train === undefined || test === undefined ? undefined : { train, test }
}

function toFile({ train, test }: EmnistImages, choice: EmnistChoice, key: string): TensorFile {
  const images = ({ images, classes }: CharacterImages) => ({
    shape: [classes.length, 28, 28],
    data: images,
  })
  const classes = ({ classes: data }: CharacterImages) => ({ shape: [data.length], data })
  return {
    tensors: {
      x_train: images(train),
      x_test: images(test),
      y_train: classes(train),
      y_test: classes(test),
    },
    metadata: {
      format: 'ductus.emnist',
      version: formatVersion,
      key,
      split: choice.split,
      sampling: choice.sampling,
      seed: String(choice.seed),
      verified: String(choice.emnistFiles === ''),
      characters: JSON.stringify(emnistMapping),
      inputShape: '[28,28]',
    },
  }
}
