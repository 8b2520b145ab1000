import { useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { expectGradients } from '../support/finite-differences.js'
import { filled, weighted } from '../support/values.js'

type Gradients = [name: string, f: (...inputs: tf.Tensor[]) => tf.Tensor, shapes: number[][]]
const t4 = (x: tf.Tensor) => x as tf.Tensor4D
/** Sets elements apart, so that a small step changes no maximum. */
const apart = (x: tf.Tensor) =>
  tf.add(x, tf.reshape(tf.mul(9, tf.sin(tf.mul(7, tf.range(0, x.size)))), x.shape))

const cases: Gradients[] = [
  [
    'conv2d',
    (x, w) => tf.conv2d(t4(x), t4(w), 1, 'same'),
    [
      [2, 4, 4, 2],
      [3, 3, 2, 3],
    ],
  ],
  [
    'conv2d, stride 2',
    (x, w) => tf.conv2d(t4(x), t4(w), 2, 'same'),
    [
      [1, 5, 5, 2],
      [3, 3, 2, 2],
    ],
  ],
  [
    'conv2d, strides [2, 3], padding 1',
    (x, w) =>
      tf.conv2d(
        t4(x),
        t4(w),
        [2, 3],
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 0],
        ],
      ),
    [
      [1, 5, 6, 1],
      [3, 2, 1, 2],
    ],
  ],
  [
    'conv2d, valid',
    (x, w) => tf.conv2d(t4(x), t4(w), 1, 'valid'),
    [
      [1, 4, 5, 2],
      [2, 3, 2, 2],
    ],
  ],
  [
    'depthwiseConv2d',
    (x, w) => tf.depthwiseConv2d(t4(x), t4(w), 1, 'same'),
    [
      [1, 4, 4, 2],
      [3, 3, 2, 2],
    ],
  ],
  [
    'depthwiseConv2d, stride 2',
    (x, w) => tf.depthwiseConv2d(t4(x), t4(w), 2, 'valid'),
    [
      [1, 5, 5, 2],
      [2, 2, 2, 1],
    ],
  ],
  [
    'conv2dTranspose',
    (x, w) => tf.conv2dTranspose(t4(x), t4(w), [1, 4, 4, 2], 2, 'same'),
    [
      [1, 2, 2, 3],
      [3, 3, 2, 3],
    ],
  ],
  [
    'matMul',
    (a, b) => tf.matMul(a, b),
    [
      [3, 4],
      [4, 2],
    ],
  ],
  [
    'matMul, both transposed',
    (a, b) => tf.matMul(a, b, true, true),
    [
      [4, 3],
      [2, 4],
    ],
  ],
  [
    'matMul, batched',
    (a, b) => tf.matMul(a, b, false, true),
    [
      [2, 3, 4],
      [2, 2, 4],
    ],
  ],
  [
    'fused.matMul',
    (a, b, c) => tf.fused.matMul({ a, b, bias: c, activation: 'sigmoid' }),
    [[3, 4], [4, 2], [2]],
  ],
  ['avgPool', (x) => tf.avgPool(t4(x), 2, 2, 'valid'), [[1, 5, 5, 2]]],
  ['maxPool', (x) => tf.maxPool(t4(apart(x)), 2, 2, 'valid'), [[1, 4, 4, 2]]],
  [
    'batchNorm',
    (x, m, o, s) =>
      tf.batchNorm(
        t4(x),
        m as tf.Tensor1D,
        tf.tensor1d([0.5, 2]),
        o as tf.Tensor1D,
        s as tf.Tensor1D,
      ),
    [[2, 2, 2, 2], [2], [2], [2]],
  ],
  ['softmax', (x) => tf.softmax(x), [[3, 5]]],
  ['logSoftmax', (x) => tf.logSoftmax(x), [[3, 5]]],
  ['sum over the first axes', (x) => tf.sum(tf.square(x), [0, 1]), [[3, 2, 4]]],
  ['mean', (x) => tf.mean(tf.square(x), 1), [[3, 4]]],
  ['gather', (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32')), [[3, 4]]],
  ['slice', (x) => tf.slice(tf.square(x), [1, 0], [2, 2]), [[4, 3]]],
  [
    'concat and split',
    (a, b) => tf.square(tf.split(tf.concat([a, b], 1), 2, 1)[1]!),
    [
      [2, 3],
      [2, 1],
    ],
  ],
  [
    'pad and transpose',
    (x) =>
      tf.transpose(
        tf.pad(tf.square(x), [
          [1, 0],
          [0, 2],
        ]),
      ),
    [[2, 3]],
  ],
  // `cpu` has no gradient for this one: it swaps height and width.
  ['resizeBilinear', (x) => tf.image.resizeBilinear(t4(x), [7, 3]), [[1, 4, 5, 2]]],
  [
    'conv3d',
    (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 2, 'valid'),
    [
      [1, 4, 4, 5, 1],
      [2, 2, 2, 1, 2],
    ],
  ],
]

beforeAll(async () => {
  await useBackend('wasm')
})

describe('gradients on wasm agree with finite differences', () => {
  it.each(cases)('%s', (_, f, shapes) => {
    const inputs = shapes.map((shape, i) => filled(i + 1, shape))
    expectGradients((...xs) => tf.tidy(() => weighted(f(...xs))), inputs)
    tf.dispose(inputs)
  })
})
