import { emnistMapping, token } from '../emnist/characters.js'
import { keyedRandom, randomInteger } from '../random/keyed-random.js'
import { drawSpan } from '../sentences/draw-span.js'
import type { LineMaterial } from './line-material.js'
import { LineSheet } from './line-sheet.js'
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
  readonly #sheet: LineSheet
  /** The sheet of pictures that threads share. */
  #shared: LineSheet | undefined
  readonly #loaded = new Uint8Array(emnistMapping.length)

  constructor(material: LineMaterial, style: LineStyle) {
    this.#material = material
    this.#style = style
    this.#sheet = new LineSheet(style.maxLength, 'own')
    this.width = side * style.maxLength
    this.size = side * this.width
  }

  /** Makes memory for the pictures of so many lines, shared between threads, where lines are written fastest. */
  newPictures(lines: number): Float32Array {
    this.#shared ??= new LineSheet(this.#style.maxLength, 'shared')
    return this.#shared.newPictures(lines)
  }

  /**
   * Writes one line's picture, `[28, 28 · maxLength]`, and its target, `[maxLength]` class indices.
   * Floats are bytes / 255. All of the line is written, whatever was there before.
   */
  write(
    key: LineKey,
    picture: Uint8Array | Float32Array,
    at: number,
    target: Uint8Array | Int32Array | Float32Array,
    targetAt: number,
  ): void {
    const { images, text, starts, samples, offsets } = this.#material
    const { maxLength, minOverlap, maxOverlap } = this.#style
    const random = keyedRandom(key.seed, key.part, key.epoch, key.index)
    const { start, end } = drawSpan(starts, maxLength - 2, random)
    const overlap = minOverlap + random() * (maxOverlap - minOverlap)
    const pitch = side - Math.floor(side * overlap)
    const loaded = this.#loaded.fill(0)
    const sheet = this.#shared?.holds(picture) === true ? this.#shared : this.#sheet
    sheet.clear()
    for (let i = start; i < end; i++) {
      const character = text[i] as number
      const from = offsets[character] as number
      const count = (offsets[character + 1] as number) - from
      if (count === 0) continue
      if (loaded[character] === 0) {
        const sample = samples[from + randomInteger(random, count)] as number
        sheet.load(character, images, sample * side * side)
        loaded[character] = 1
      }
      sheet.add(character, (i - start) * pitch)
    }
    sheet.writeTo(picture, at)
    this.#label(target, targetAt, start, end)
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
