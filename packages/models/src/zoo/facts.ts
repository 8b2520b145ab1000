/** What a catalog says of a model before it loads it. */
export interface ModelFacts {
  readonly name: string
  /** What it is, in a line. */
  readonly summary: string
  /** Paper or course that describes it. */
  readonly source: string
  /** Source file, from the repository's root. */
  readonly file: string
  /** What it reads: an image of one character or thing, or a line of characters. */
  readonly reads: 'image' | 'line'
}
