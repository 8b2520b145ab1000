import { TrainingError } from '../training-error.js'

/** Counts what was taken for what: rows are true classes, columns predicted ones. */
export class ConfusionCounts {
  readonly classes: number
  #counts: Int32Array

  constructor(classes: number) {
    this.classes = classes
    this.#counts = new Int32Array(classes * classes)
  }

  /**
   * Counts samples by their predicted class and their label.
   *
   * @throws TrainingError `INVALID_LABEL` for one that is no class
   */
  add(predicted: ArrayLike<number>, labels: ArrayLike<number>): void {
    for (let i = 0; i < labels.length; i++) {
      this.#counts[this.#index(labels[i], i) * this.classes + this.#index(predicted[i], i)]!++
    }
  }

  /** Takes up counting where `rows()` was written. */
  static from(rows: readonly (readonly number[])[]): ConfusionCounts {
    const matrix = new ConfusionCounts(rows.length)
    matrix.#counts.set(rows.flat())
    return matrix
  }

  #index(found: number | undefined, sample: number): number {
    if (found !== undefined && found >= 0 && found < this.classes && Number.isInteger(found)) {
      return found
    }
    throw new TrainingError(
      'INVALID_LABEL',
      `ConfusionCounts: expected classes from 0 to ${this.classes - 1}, received ${found} at ${sample}. ` +
        'Count as many classes as there are.',
    )
  }

  /** The counts as rows of numbers. */
  rows(): number[][] {
    return Array.from({ length: this.classes }, (_, row) =>
      Array.from(this.#counts.subarray(row * this.classes, (row + 1) * this.classes)),
    )
  }
}
