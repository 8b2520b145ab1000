const side = 28
const wordsPerRow = side / 4
const wordsPerGlyph = side * wordsPerRow
const known = 1 << 30
const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** Holds images of characters, 28×28 bytes each, the same memory as words of four pixels, and where each has ink. */
export interface Glyphs {
  bytes: Uint8Array
  words: Int32Array
  /** First and last row, first and last word of a row that has ink, 5, 5, 3 and 3 bits; 0 = not looked at yet. */
  boxes: Int32Array
}

/** Gives the views of images; memory that does not begin at a word is copied. */
export function glyphsOf(images: Uint8Array): Glyphs {
  const bytes = images.byteOffset % 4 === 0 ? images : Uint8Array.from(images)
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
  return { bytes, words, boxes: new Int32Array(words.length / wordsPerGlyph) }
}

/**
 * Adds a glyph's ink to a picture of bytes; sums stop at 255. Four pixels go at a time, as one word, wherever in
 * the picture they fall: that is what a DataView is for. Within its box a glyph is added without a question asked,
 * which takes a third of the time that looking for ink pixel by pixel does.
 */
export function addToBytes(
  glyphs: Glyphs,
  glyph: number,
  picture: DataView,
  at: number,
  width: number,
): void {
  const { words } = glyphs
  const box = boxOf(glyphs, glyph)
  const [last, from, to] = [(box >>> 5) & 31, (box >>> 10) & 7, (box >>> 13) & 7]
  for (let row = box & 31; row <= last; row++) {
    const start = glyph * wordsPerGlyph + row * wordsPerRow
    let target = at + row * width + from * 4
    for (let word = start + from; word <= start + to; word++, target += 4) {
      const before = picture.getInt32(target, littleEndian)
      picture.setInt32(target, addSaturated(words[word] as number, before), littleEndian)
    }
  }
}

/** Does the same in a picture of floats, `lookup[byte]` each: the very numbers that the bytes would become. */
export function addToFloats(
  glyphs: Glyphs,
  glyph: number,
  picture: Float32Array,
  at: number,
  width: number,
  lookup: Float32Array,
): void {
  const { bytes } = glyphs
  const box = boxOf(glyphs, glyph)
  const [last, from, to] = [(box >>> 5) & 31, (box >>> 10) & 7, (box >>> 13) & 7]
  for (let row = box & 31; row <= last; row++) {
    const start = glyph * side * side + row * side
    let target = at + row * width + from * 4
    for (let pixel = start + from * 4; pixel < start + to * 4 + 4; pixel++, target++) {
      const before = ((picture[target] as number) * 255 + 0.5) | 0
      const sum = (bytes[pixel] as number) + before
      picture[target] = lookup[sum > 255 ? 255 : sum] as number
    }
  }
}

/** Adds four bytes to four bytes, each sum at most 255: low seven bits, then the top bit, then where it carried. */
function addSaturated(a: number, b: number): number {
  const sum = ((a & 0x7f7f7f7f) + (b & 0x7f7f7f7f)) ^ ((a ^ b) & 0x80808080)
  const carried = ((a & b) | ((a | b) & ~sum)) & 0x80808080
  return sum | Math.imul(carried >>> 7, 255)
}

function boxOf({ words, boxes }: Glyphs, glyph: number): number {
  const found = boxes[glyph] as number
  if (found !== 0) return found
  let [top, bottom, left, right] = [side - 1, 0, wordsPerRow - 1, 0]
  for (let i = 0; i < wordsPerGlyph; i++) {
    if (words[glyph * wordsPerGlyph + i] === 0) continue
    const [row, word] = [Math.floor(i / wordsPerRow), i % wordsPerRow]
    top = Math.min(top, row)
    bottom = Math.max(bottom, row)
    left = Math.min(left, word)
    right = Math.max(right, word)
  }
  return (boxes[glyph] = known | top | (bottom << 5) | (left << 10) | (right << 13))
}
