import { emnistMapping, token } from '../emnist/characters.js'
import { keyedRandom, randomInteger } from '../random/keyed-random.js'
import { drawSpan } from '../sentences/draw-span.js'
import type { LineMaterial } from './line-material.js'
import type { LineStyle } from './line-style.js'

const side = 28
const pixels = side * side

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
  readonly #chosen = new Int32Array(emnistMapping.length)

  constructor(material: LineMaterial, style: LineStyle) {
    this.#material = material
    this.#style = style
    this.width = side * style.maxLength
    this.size = side * this.width
  }

  /**
   * Writes one line's picture, `[28, 28 · maxLength]`, and its target, `[maxLength]` class indices.
   * The picture's bytes have to be zero before. Returns how many columns have been written to.
   */
  write(
    key: LineKey,
    picture: Uint8Array,
    at: number,
    target: Uint8Array | Int32Array | Float32Array,
    targetAt: number,
  ): number {
    const { text, starts, samples, offsets, images } = this.#material
    const { maxLength, minOverlap, maxOverlap, withStartEndTokens } = this.#style
    const random = keyedRandom(key.seed, key.part, key.epoch, key.index)
    const { start, end } = drawSpan(starts, maxLength - 2, random)
    const overlap = minOverlap + random() * (maxOverlap - minOverlap)
    const pitch = side - Math.floor(side * overlap)
    this.#chosen.fill(-1)
    for (let i = start; i < end; i++) {
      const character = text[i] as number
      const from = offsets[character] as number
      const count = (offsets[character + 1] as number) - from
      if (count === 0) continue
      let sample = this.#chosen[character] as number
      if (sample < 0) {
        sample = samples[from + randomInteger(random, count)] as number
        this.#chosen[character] = sample
      }
      this.#add(images, sample * pixels, picture, at + (i - start) * pitch)
    }
    this.#label(target, targetAt, start, end, withStartEndTokens)
    return Math.min(this.width, (end - start - 1) * pitch + side)
  }

  #label(
    target: Uint8Array | Int32Array | Float32Array,
    at: number,
    start: number,
    end: number,
    withTokens: boolean,
  ): void {
    const { text } = this.#material
    target.fill(token.padding, at, at + this.#style.maxLength)
    if (withTokens) target[at++] = token.start
    for (let i = start; i < end; i++) target[at++] = text[i] as number
    if (withTokens) target[at] = token.end
  }

  #add(images: Uint8Array, from: number, picture: Uint8Array, at: number): void {
    const { width } = this
    for (let row = 0; row < side; row++) {
      const to = at + row * width
      const source = from + row * side
      for (let column = 0; column < side; column++) {
        const ink = images[source + column] as number
        if (ink === 0) continue
        const sum = ink + (picture[to + column] as number)
        picture[to + column] = sum > 255 ? 255 : sum
      }
    }
  }
}
