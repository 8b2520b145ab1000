/**
 * What is measured. `kind` says what a worker does: `train` a whole step (forward, loss, backward, update), `forward` alone,
 * `conv` one convolution (forward and both gradients), `gemm` a square matrix product.
 * `tiny` rows are those that the slowest peers can do.
 * `goal` is the most that our time may be as a share of PyTorch's best, on 2 cores with AVX-512.
 */
const engine = [
  {
    name: 'CNN step, batch 128',
    kind: 'train',
    net: 'CNN',
    batch: 128,
    optimizer: 'adam',
    goal: 0.55,
  },
  {
    name: 'MLP step, batch 128',
    kind: 'train',
    net: 'MLP',
    batch: 128,
    optimizer: 'adam',
    goal: 0.7,
  },
  {
    name: 'LeNet5 step, batch 100',
    kind: 'train',
    net: 'LeNet5',
    batch: 100,
    optimizer: 'adam',
    goal: 0.7,
  },
  {
    name: 'strided CNN 1-4-8-16-16-10 step, batch 256',
    kind: 'train',
    net: 'SimpleCNN',
    batch: 256,
    optimizer: 'sgd',
    goal: 0.8,
  },
  {
    name: 'LeCun1990 step, SGD, batch 1',
    kind: 'train',
    net: 'LeCun1990',
    batch: 1,
    optimizer: 'sgd',
    loss: 'mse',
    goal: 0.8,
  },
  {
    name: 'residual block 64-64-64 at 28x28 step, batch 128',
    kind: 'train',
    net: 'ResidualBlock',
    batch: 128,
    optimizer: 'sgd',
    loss: 'sum',
    goal: 0.65,
  },
  {
    name: 'conv 128-128 at 14x14, forward and gradients, batch 32',
    kind: 'conv',
    channels: 128,
    size: 14,
    batch: 32,
    goal: 0.95,
  },
  {
    name: 'conv 256-256 at 7x7, forward and gradients, batch 32',
    kind: 'conv',
    channels: 256,
    size: 7,
    batch: 32,
    goal: 0.95,
  },
  { name: 'CNN forward, batch 128', kind: 'forward', net: 'CNN', batch: 128, goal: 0.55 },
  { name: 'CNN forward, batch 1', kind: 'forward', net: 'CNN', batch: 1, goal: 0.7 },
  { name: 'sgemm 2048', kind: 'gemm', size: 2048, goal: 1.1 },
  {
    name: 'CNN step, batch 1: small enough for plain JavaScript',
    kind: 'train',
    net: 'CNN',
    batch: 1,
    optimizer: 'adam',
    tiny: true,
  },
]

const step = { kind: 'train', batch: 128, optimizer: 'adam', goal: 0.9 }
const line = { ...step, batch: 32, size: [28, 32 * 28] }

/** Every network of the zoo, as docs/zoo.md lists them; `zoo` names it there. */
const zoo = [
  { ...step, zoo: 'MLP', net: 'MLP' },
  { ...step, zoo: 'CNN, plain', net: 'CNN' },
  { ...step, zoo: 'CNN, residual', net: 'CNN', options: { residual: true } },
  { ...step, zoo: 'CNN, batch norm', net: 'CNN', options: { batchNorm: true } },
  {
    ...step,
    zoo: 'CNN, residual, batch norm',
    net: 'CNN',
    options: { residual: true, batchNorm: true },
  },
  { ...step, zoo: 'CNN, strided', net: 'CNN', options: { downsample: 'stride' } },
  { ...step, zoo: 'CNN, 2 blocks', net: 'CNN', options: { numBlocks: 2 } },
  { ...step, zoo: 'CNN, 3 blocks', net: 'CNN', options: { numBlocks: 3 } },
  { ...step, zoo: 'CNN, 4 blocks', net: 'CNN', options: { numBlocks: 4 } },
  { ...step, zoo: 'ResNet8', net: 'ResNet', options: { depth: 8 } },
  { ...step, zoo: 'ResNet14', net: 'ResNet', options: { depth: 14 } },
  { ...step, zoo: 'ResNet20', net: 'ResNet', options: { depth: 20 } },
  { ...step, zoo: 'LeNet5', net: 'LeNet5', batch: 100 },
  { ...step, zoo: 'SimpleCNN', net: 'SimpleCNN', batch: 256, optimizer: 'sgd' },
  { ...step, zoo: 'LeCun1990', net: 'LeCun1990', batch: 1, optimizer: 'sgd', loss: 'mse' },
  {
    ...step,
    zoo: 'LeCun1990 by unfolded windows',
    net: 'LeCun1990',
    options: { convolution: 'im2col' },
    batch: 1,
    optimizer: 'sgd',
    loss: 'mse',
  },
  {
    ...step,
    zoo: "LeCun1990, the paper's",
    net: 'LeCun1990',
    options: { paper: true },
    size: [16, 16],
    batch: 1,
    optimizer: 'sgd',
    loss: 'mse',
  },
  { ...line, zoo: 'LineCNNSimple', net: 'LineCNNSimple' },
  { ...line, zoo: 'LineCNN', net: 'LineCNN' },
].map((row) => ({ ...row, name: `zoo: ${row.zoo} step, batch ${row.batch}` }))

/** Rows by the name of their set; the lines bench measures rows of its own. */
export const sets = { engine, zoo, lines: [] }
