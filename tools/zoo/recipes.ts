/** How a network of the zoo is trained for docs/zoo.md: the source's way. tools/zoo/peer.py has the same in PyTorch. */
export interface Recipe {
  readonly data: 'MNIST' | 'FashionMNIST'
  readonly normalize: boolean
  readonly trainSize: number
  /** Takes the first training images in file order, in place of a drawn part. */
  readonly first?: true
  readonly batch: number
  readonly optimizer: 'Adam' | 'SGD'
  readonly rate: number
  readonly epochs: number
  readonly loss: 'crossEntropy' | 'signedMse'
  /** What the accuracy after each epoch is measured on. */
  readonly measured: 'test' | 'validation'
  /** What the source reports, in words. */
  readonly source: string
}

const lab = {
  data: 'MNIST',
  normalize: true,
  trainSize: 55_000,
  batch: 128,
  optimizer: 'Adam',
  rate: 1e-3,
  loss: 'crossEntropy',
  measured: 'test',
} as const

export const recipes: Readonly<Record<string, Recipe>> = {
  MLP: { ...lab, epochs: 2, source: 'none on MNIST' },
  CNN: { ...lab, epochs: 2, source: 'none on MNIST' },
  ResNet8: { ...lab, epochs: 1, source: 'none on MNIST' },
  LeNet5: {
    data: 'FashionMNIST',
    normalize: false,
    trainSize: 50_000,
    batch: 100,
    optimizer: 'Adam',
    rate: 0.1,
    epochs: 5,
    loss: 'crossEntropy',
    measured: 'validation',
    source: '.838 after one epoch, in training mode',
  },
  SimpleCNN: {
    data: 'MNIST',
    normalize: false,
    trainSize: 50_000,
    batch: 256,
    optimizer: 'SGD',
    rate: 0.4,
    epochs: 5,
    loss: 'crossEntropy',
    measured: 'validation',
    source: '.962 after five epochs',
  },
  LeCun1990: {
    data: 'MNIST',
    normalize: false,
    trainSize: 10_000,
    first: true,
    batch: 1,
    optimizer: 'SGD',
    rate: 0.1,
    epochs: 3,
    loss: 'signedMse',
    measured: 'test',
    source: '.95 on its own digits after 23 epochs',
  },
}
