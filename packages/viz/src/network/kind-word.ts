/** Kinds of layers whose names are for programs. */
const words: Readonly<Record<string, string>> = {
  conv: 'convolution',
  conv2d: 'convolution',
  maxPool: 'max pooling',
  avgPool: 'average pooling',
  globalAvgPool: 'global average pooling',
  batchNorm: 'batch norm',
  scaledTanh: 'scaled tanh',
}

/** Says what a kind of layer is called by people. */
export function kindWord(kind: string): string {
  return words[kind] ?? kind
}
