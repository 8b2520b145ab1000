/** Says how raw pixels became a module's inputs, so that a prediction can repeat it. */
export interface Preprocessing {
  /** A byte is divided by this. */
  pixelScale: number
  /** Subtracted after the division, where the module normalises. */
  mean?: number
  /** Divided by after the subtraction, where the module normalises. */
  std?: number
  height: number
  width: number
  channels: number
  /** What a picture from elsewhere has to be brought to: a centred character, a plain image, a line of text. */
  kind: 'digit' | 'image' | 'line'
}

/** Says all that a model has to know of the data. */
export interface DataConfig {
  name: string
  /** `[height, width, channels]`. */
  inputDims: [number, number, number]
  /** `[1]` for a class, `[length]` for a line. */
  outputDims: number[]
  /** Class index → character or name; its length is the number of classes. */
  mapping: string[]
  preprocessing: Preprocessing
  /** How lines are set, where the data are lines: least and greatest overlap of neighbours, as a share of a character. */
  line?: { minOverlap: number; maxOverlap: number }
}
