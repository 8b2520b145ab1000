/** One layer as a diagram and a cost table need it: a plain object, whoever made it. */
export interface NetworkLayer {
  name: string
  /** What it is, such as `conv2d`, `dense`, `maxPool`, `flatten`. */
  kind: string
  /** Without the batch: `[height, width, channels]` or `[units]`. */
  outputShape: readonly number[]
  /** Weights and biases; 0 for a layer without. */
  parameters: number
  /** Multiply-accumulates for one image; 0 where there are none to count. */
  macs: number
  /** Details in a few words, such as `3 × 3, stride 1, padding 1`. */
  detail?: string
  activation?: string
  /** Layers whose outputs it takes, where that is not just the one before. */
  inputs?: readonly string[]
}
