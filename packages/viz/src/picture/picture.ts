/** A finished picture: an SVG with its size in pixels, and what it shows in words for those who can't see it. */
export interface Picture {
  /** A whole `<svg>` element, with no reference to anything outside itself. */
  readonly svg: string
  readonly width: number
  readonly height: number
  readonly title: string
  /** What there is to see, in a sentence or two: the alternative text. */
  readonly description: string
  /** Printed below the picture on a page. Defaults to the description; '' where the picture itself says it all. */
  readonly caption?: string
  /** The stages of a picture that moves, in order; `svg` then holds all of them at once. */
  readonly frames?: readonly Picture[]
}

/** A piece of a picture: markup within a box of width × height pixels from (0, 0). */
export interface Drawing {
  readonly body: string
  readonly width: number
  readonly height: number
}
