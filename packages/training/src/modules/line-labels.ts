import type { Batch } from '@ductus/data'
import { decodeText, characterIndices } from '../text/decode-text.js'
import { specialTokens } from '../text/special-tokens.js'
import { TrainingError } from '../training-error.js'

/** The labels of a batch of lines, `[lines, maxLength]`, as the losses and metrics want them. */
export class LineLabels {
  readonly lines: number
  readonly maxLength: number
  readonly #labels: ArrayLike<number>
  readonly #mapping: readonly string[]

  constructor({ y, yShape }: Batch, mapping: readonly string[]) {
    if (yShape.length !== 2) {
      throw new TrainingError(
        'SHAPE_MISMATCH',
        `LineRecognizer: expected labels [lines, maxLength], received [${yShape.join(', ')}]. ` +
          'Train on lines, such as EMNISTLines, or with a Classifier.',
      )
    }
    this.lines = yShape[0]!
    this.maxLength = yShape[1]!
    this.#labels = y
    this.#mapping = mapping
  }

  /** Class of the padding; −1 where the mapping has none. */
  get padding(): number {
    return this.#mapping.indexOf(specialTokens.padding)
  }

  /** Positions that are padding. */
  get padded(): number {
    const { padding } = this
    let count = 0
    for (let i = 0; i < this.#labels.length; i++) if (this.#labels[i] === padding) count++
    return count
  }

  /** Positions of each line that count: all of them, or those that are no padding. */
  counted(countPadding: boolean): Float64Array {
    const { padding } = this
    const counts = new Float64Array(this.lines)
    for (let i = 0; i < this.#labels.length; i++) {
      if (countPadding || this.#labels[i] !== padding) counts[Math.floor(i / this.maxLength)]!++
    }
    return counts
  }

  /** Characters of all lines, special tokens left out. */
  get characterCount(): number {
    return characterIndices(this.#labels, this.#mapping).length
  }

  /** Class at each position of all lines. */
  get all(): ArrayLike<number> {
    return this.#labels
  }

  /** One line's text. */
  text(line: number): string {
    return decodeText(this.#row(line), this.#mapping)
  }

  /** The lines' characters without special tokens, `[lines, maxLength]` filled up by −1, and how many they are. */
  characters(): { values: Int32Array; lengths: Int32Array } {
    const values = new Int32Array(this.lines * this.maxLength).fill(-1)
    const lengths = new Int32Array(this.lines)
    for (let line = 0; line < this.lines; line++) {
      const own = characterIndices(this.#row(line), this.#mapping)
      values.set(own, line * this.maxLength)
      lengths[line] = own.length
    }
    return { values, lengths }
  }

  #row(line: number): number[] {
    const from = line * this.maxLength
    return Array.from({ length: this.maxLength }, (_, i) => this.#labels[from + i]!)
  }
}
