import { byteTable } from '../datasets/array-dataset.js'
import { emnistMapping, token } from '../emnist/characters.js'
import { keyedRandom, randomInteger } from '../random/keyed-random.js'
import { drawSpan } from '../sentences/draw-span.js'
import { addToBytes, addToFloats, glyphsOf, type Glyphs } from './add-glyph.js'
import type { LineMaterial } from './line-material.js'
import type { LineStyle } from './line-style.js'

const side = 28

/** Names a line: nothing else decides what is on it. */
export interface LineKey {
  seed: number
  part: string
  epoch: number
  index: number
}

/**
 * Writes lines of handwriting: a stretch of text, a sample a distinct character, one pitch
 * (28 − ⌊28 · overlap⌋ pixels), the first character at x = 0; where neighbours overlap, ink adds up to at most 255.
 */
export class LineWriter {
  /** Bytes of a line. */
  readonly size: number
  readonly width: number
  readonly #material: LineMaterial
  readonly #style: LineStyle
  readonly #glyphs: Glyphs
  #view: { picture: Uint8Array; view: DataView } | undefined
  readonly #lookup = byteTable()
  readonly #chosen = new Int32Array(emnistMapping.length)

  constructor(material: LineMaterial, style: LineStyle) {
    this.#material = material
    this.#style = style
    this.#glyphs = glyphsOf(material.images)
    this.width = side * style.maxLength
    this.size = side * this.width
  }

  /**
   * Writes one line's picture, `[28, 28 · maxLength]`, and its target, `[maxLength]` class indices.
   * The picture has to be zero before. Floats are bytes / 255.
   */
  write(
    key: LineKey,
    picture: Uint8Array | Float32Array,
    at: number,
    target: Uint8Array | Int32Array | Float32Array,
    targetAt: number,
  ): void {
    const { text, starts, samples, offsets } = this.#material
    const { maxLength, minOverlap, maxOverlap } = this.#style
    const random = keyedRandom(key.seed, key.part, key.epoch, key.index)
    const { start, end } = drawSpan(starts, maxLength - 2, random)
    const overlap = minOverlap + random() * (maxOverlap - minOverlap)
    const pitch = side - Math.floor(side * overlap)
    const chosen = this.#chosen.fill(-1)
    const view = picture instanceof Uint8Array ? this.#viewOf(picture) : undefined
    for (let i = start; i < end; i++) {
      const character = text[i] as number
      const from = offsets[character] as number
      const count = (offsets[character + 1] as number) - from
      if (count === 0) continue
      let sample = chosen[character] as number
      if (sample < 0) {
        sample = samples[from + randomInteger(random, count)] as number
        chosen[character] = sample
      }
      const left = at + (i - start) * pitch
      if (view !== undefined) {
        addToBytes(this.#glyphs, sample, view, left, this.width)
      } else {
        addToFloats(this.#glyphs, sample, picture as Float32Array, left, this.width, this.#lookup)
      }
    }
    this.#label(target, targetAt, start, end)
  }

  #viewOf(picture: Uint8Array): DataView {
    if (this.#view?.picture !== picture) {
      const { buffer, byteOffset, byteLength } = picture
      this.#view = { picture, view: new DataView(buffer, byteOffset, byteLength) }
    }
    return this.#view.view
  }

  #label(
    target: Uint8Array | Int32Array | Float32Array,
    at: number,
    start: number,
    end: number,
  ): void {
    const { text } = this.#material
    const { maxLength, withStartEndTokens } = this.#style
    target.fill(token.padding, at, at + maxLength)
    if (withStartEndTokens) target[at++] = token.start
    for (let i = start; i < end; i++) target[at++] = text[i] as number
    if (withStartEndTokens) target[at] = token.end
  }
}
