import { emnistMapping, standIn, token, type EmnistSplit } from '../emnist/characters.js'
import type { CharacterImages } from '../emnist/emnist-images.js'
import { wordStarts } from '../sentences/word-starts.js'
import { shareArray } from '../workers/share-array.js'

/** Holds what the lines of one part are made of, in arrays that threads share. */
export interface LineMaterial {
  /** Images of characters, 28×28 bytes each. */
  images: Uint8Array
  /** The text, a class index a character. */
  text: Uint8Array
  /** Where its words begin. */
  starts: Uint32Array
  /** Class c's images are `samples[offsets[c]]` … `samples[offsets[c + 1] - 1]`. */
  samples: Uint32Array
  offsets: Uint32Array
}

const space = emnistMapping.indexOf(' ')

/** Gathers a part's material: its images by character (merged classes lend theirs) and its text as class indices. */
export function lineMaterial(
  { images, classes }: CharacterImages,
  members: Uint32Array,
  text: string,
  split: EmnistSplit,
): LineMaterial {
  const byClass = emnistMapping.map((): number[] => [])
  for (const index of members) byClass[classes[index] as number]?.push(index)
  const offsets = new Uint32Array(emnistMapping.length + 1)
  const samples: number[] = []
  emnistMapping.forEach((character, at) => {
    const from = at > token.padding ? standIn(character, split) : undefined
    if (from !== undefined) samples.push(...(byClass[emnistMapping.indexOf(from)] ?? []))
    offsets[at + 1] = samples.length
  })
  const classOf = new Uint8Array(128).fill(space)
  emnistMapping.forEach((one, at) => at > token.padding && (classOf[one.charCodeAt(0)] = at))
  const coded = new Uint8Array(new SharedArrayBuffer(text.length))
  for (let i = 0; i < text.length; i++) coded[i] = classOf[text.charCodeAt(i)] ?? space
  return {
    images: shareArray(images),
    text: coded,
    starts: shareArray(wordStarts(text)),
    samples: shareArray(Uint32Array.from(samples)),
    offsets: shareArray(offsets),
  }
}
