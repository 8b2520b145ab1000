import { DataError } from '../errors/data-error.js'
import { emnistMapping, labelCharacters, type EmnistSplit } from './characters.js'
import { sampleClasses, type Sampling } from './balance.js'
import { checkMapping } from './check-mapping.js'
import type { EmnistSource } from './emnist-source.js'
import { readImages, readLabels } from './read-idx-stream.js'

/** Holds upright images, 28×28 bytes each, and the class of each as an index into the mapping of 83. */
export interface CharacterImages {
  images: Uint8Array
  classes: Uint8Array
}

/** Holds a split's training and test images. */
export interface EmnistImages {
  train: CharacterImages
  test: CharacterImages
}

/** Reads, samples and turns upright the images of a split. */
export async function readEmnist(
  source: EmnistSource,
  split: EmnistSplit,
  sampling: Sampling,
  seed: number,
): Promise<EmnistImages> {
  const mapping = await source.mapping()
  if (mapping !== undefined) checkMapping(mapping.text, split, mapping.where)
  const part = async (name: 'train' | 'test'): Promise<CharacterImages> => {
    const labelsWhere = source.nameOf(`${name}-labels`)
    const labels = await readLabels(source.read(`${name}-labels`), labelsWhere)
    const classes = toClasses(labels, split, labelsWhere)
    const kept = sampleClasses(classes, sampling, seed, name)
    const images = await readImages(
      source.read(`${name}-images`),
      source.nameOf(`${name}-images`),
      kept,
      labels.length,
    )
    const keptClasses = new Uint8Array(new SharedArrayBuffer(kept.length))
    kept.forEach((index, i) => (keptClasses[i] = classes[index] as number))
    return { images, classes: keptClasses }
  }
  return { train: await part('train'), test: await part('test') }
}

function toClasses(labels: Uint8Array, split: EmnistSplit, where: string): Uint8Array {
  const places = labelCharacters[split].map((character) =>
    character === '' ? -1 : emnistMapping.indexOf(character),
  )
  return labels.map((label) => {
    const place = places[label] ?? -1
    if (place >= 0) return place
    throw new DataError(
      'bad-file',
      `${where}: expected labels of split ${split}, received ${label}. Name the split of the files.`,
    )
  })
}
