/** Says how a line is set. */
export interface LineStyle {
  /** Places for characters and tokens; the line is 28 times as wide. */
  maxLength: number
  /** Least and greatest overlap of neighbours, as a share of 28 pixels; drawn once a line. */
  minOverlap: number
  maxOverlap: number
  /** Whether the target has `<S>` before and `<E>` after the text. */
  withStartEndTokens: boolean
}
