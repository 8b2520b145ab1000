/** Counts what was taken for what: rows are true classes, columns predicted ones. */
export class ConfusionCounts {
  readonly classes: number
  #counts: Int32Array

  constructor(classes: number) {
    this.classes = classes
    this.#counts = new Int32Array(classes * classes)
  }

  add(predicted: ArrayLike<number>, labels: ArrayLike<number>): void {
    for (let i = 0; i < labels.length; i++)
      this.#counts[labels[i]! * this.classes + predicted[i]!]!++
  }

  /** Takes up counting where `rows()` was written. */
  static from(rows: readonly (readonly number[])[]): ConfusionCounts {
    const matrix = new ConfusionCounts(rows.length)
    matrix.#counts.set(rows.flat())
    return matrix
  }

  /** The counts as rows of numbers. */
  rows(): number[][] {
    return Array.from({ length: this.classes }, (_, row) =>
      Array.from(this.#counts.subarray(row * this.classes, (row + 1) * this.classes)),
    )
  }
}
