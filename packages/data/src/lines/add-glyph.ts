const side = 28
const wordsPerRow = side / 4
const wordsPerGlyph = side * wordsPerRow

/** Holds images of characters, 28×28 bytes each, and the same memory as words: four blank pixels are passed over at once. */
export interface Glyphs {
  bytes: Uint8Array
  words: Uint32Array
}

/** Gives both views of images; memory that does not begin at a word is copied. */
export function glyphsOf(images: Uint8Array): Glyphs {
  const bytes = images.byteOffset % 4 === 0 ? images : Uint8Array.from(images)
  return { bytes, words: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) }
}

/** Adds a glyph's ink to a picture of bytes; sums stop at 255. */
export function addToBytes(
  { bytes, words }: Glyphs,
  glyph: number,
  picture: Uint8Array,
  at: number,
  width: number,
): void {
  let word = glyph * wordsPerGlyph
  for (let row = 0; row < side; row++) {
    let to = at + row * width
    for (let k = 0; k < wordsPerRow; k++, word++, to += 4) {
      if (words[word] === 0) continue
      const from = word << 2
      for (let j = 0; j < 4; j++) {
        const sum = (bytes[from + j] as number) + (picture[to + j] as number)
        picture[to + j] = sum > 255 ? 255 : sum
      }
    }
  }
}

/** Does the same in a picture of floats, `lookup[byte]` each: the very numbers that the bytes would become. */
export function addToFloats(
  { bytes, words }: Glyphs,
  glyph: number,
  picture: Float32Array,
  at: number,
  width: number,
  lookup: Float32Array,
): void {
  let word = glyph * wordsPerGlyph
  for (let row = 0; row < side; row++) {
    let to = at + row * width
    for (let k = 0; k < wordsPerRow; k++, word++, to += 4) {
      if (words[word] === 0) continue
      const from = word << 2
      for (let j = 0; j < 4; j++) {
        const ink = bytes[from + j] as number
        if (ink === 0) continue
        const before = picture[to + j] as number
        const sum = before === 0 ? ink : ink + Math.round(before * 255)
        picture[to + j] = lookup[sum > 255 ? 255 : sum] as number
      }
    }
  }
}
