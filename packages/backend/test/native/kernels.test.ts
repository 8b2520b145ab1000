import {
  applyActivation,
  batchNormInference,
  batchNormTrain,
  conv2d,
  dense,
  depthwiseConv2d,
  dropout,
  logSoftmax,
  softmaxCrossEntropy,
} from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { backendsHere } from '../support/backends.js'
import { weighted } from '../support/values.js'
import { expectAsOnCpu } from './as-on-cpu.js'
import type { Plain } from './as-on-cpu.js'
import { Draw, seed } from './random-shapes.js'

const [here] = await backendsHere(['native'])
const rounds = Number(process.env.DUCTUS_TEST_ROUNDS ?? 4)

type T4 = tf.Tensor4D
type Compute = (...t: tf.Tensor[]) => tf.Tensor | tf.Tensor[]
interface Case {
  inputs: Plain[]
  compute: Compute
  tolerance?: number
}

const plain = (draw: Draw, shape: number[], low = -2, high = 2, special = false): Plain => ({
  values: draw.values(shape, low, high, special),
  shape,
})

/** Value and gradients of a function, weighted so that each gradient is its own. */
const withGradients =
  (f: (...t: tf.Tensor[]) => tf.Tensor): Compute =>
  (...t) => [f(...t), ...tf.grads((...u) => weighted(f(...u)))(t)]

const activations = ['linear', 'relu', 'tanh', 'sigmoid', 'relu6'] as const

function convolution(draw: Draw, depthwise: boolean): Case {
  const channels = draw.pick([1, 2, 3, 5, 16, 17])
  const out = depthwise ? draw.int(1, 3) : draw.pick([1, 3, 8, 15, 16, 33, 64])
  const filter = [draw.int(1, 4), draw.int(1, 4), channels, out]
  const dilation: [number, number] = [draw.int(1, 2), draw.int(1, 2)]
  const padding: [number, number] | 'same' | 'valid' = draw.pick([
    'same',
    'valid',
    [draw.int(0, 2), draw.int(0, 3)],
  ])
  const strides: [number, number] = [draw.int(1, 3), draw.int(1, 3)]
  const activation = draw.pick(activations)
  const x = [draw.int(1, 3), draw.int(7, 12), draw.int(7, 12), channels]
  const run = depthwise ? depthwiseConv2d : conv2d
  return {
    inputs: [
      plain(draw, x),
      plain(draw, filter, -0.5, 0.5),
      plain(draw, [depthwise ? channels * out : out]),
    ],
    compute: withGradients((x, f, bias) =>
      run(x, f, { bias: bias, strides, padding, dilation, activation }),
    ),
  }
}

function stockConvolution(draw: Draw): Case {
  const channels = draw.int(1, 9)
  const strides: [number, number] = [draw.int(1, 2), draw.int(1, 2)]
  const pad = draw.pick([
    'same',
    'valid',
    [
      [0, 0],
      [1, 2],
      [0, 3],
      [0, 0],
    ],
  ]) as 'same'
  return {
    inputs: [
      plain(draw, [draw.int(0, 2), draw.int(4, 9), draw.int(4, 9), channels]),
      plain(draw, [draw.int(1, 3), draw.int(1, 3), channels, draw.int(1, 20)]),
    ],
    compute: withGradients((x, f) => tf.conv2d(x as T4, f as T4, strides, pad)),
  }
}

function pooling(draw: Draw, kind: 'maxPool' | 'avgPool'): Case {
  const size: [number, number] = [draw.int(1, 3), draw.int(1, 3)]
  const strides: [number, number] = [draw.int(1, 3), draw.int(1, 3)]
  const pad = draw.pick(['same', 'valid'] as const)
  const shape = [draw.int(0, 3), draw.int(3, 9), draw.int(3, 9), draw.pick([1, 3, 16, 19])]
  const x = plain(draw, shape)
  // Equal values: which of them the gradient goes to is part of the result.
  if (draw.int(0, 1)) x.values = x.values.map(Math.round)
  return {
    inputs: [x],
    compute: withGradients((t) => tf[kind](t as T4, size, strides, pad)),
  }
}

function poolingOddValues(draw: Draw, kind: 'maxPool' | 'avgPool'): Case {
  const shape = [2, draw.int(3, 6), draw.int(3, 6), draw.pick([1, 16, 19])]
  const strides = draw.pick([1, 2])
  return {
    inputs: [plain(draw, shape, -2, 2, true)],
    compute: (t) => tf[kind](t as T4, 2, strides, 'same'),
  }
}

function matMul(draw: Draw): Case {
  const [m, k, n] = [
    draw.pick([0, 1, 5, 33, 70]),
    draw.pick([1, 3, 64, 130]),
    draw.pick([1, 10, 31, 65]),
  ]
  const [ta, tb] = [draw.int(0, 1) === 1, draw.int(0, 1) === 1]
  const batch = draw.pick([[], [3], [2, 3]])
  const other = draw.pick([batch, batch.map(() => 1), batch.slice(1)])
  return {
    inputs: [
      plain(draw, [...batch, ...(ta ? [k, m] : [m, k])]),
      plain(draw, [...other, ...(tb ? [n, k] : [k, n])]),
    ],
    // Stock gradients do not sum over broadcast axes.
    compute:
      other === batch
        ? withGradients((a, b) => tf.matMul(a, b, ta, tb))
        : (a, b) => tf.matMul(a, b, ta, tb),
  }
}

function fusedMatMul(draw: Draw): Case {
  const [m, k, n] = [draw.int(1, 20), draw.int(1, 40), draw.int(1, 40)]
  const activation = draw.pick(['linear', 'relu', 'relu6', 'sigmoid', 'elu'] as const)
  return {
    inputs: [plain(draw, [m, k]), plain(draw, [k, n]), plain(draw, draw.pick([[n], [1, n], [1]]))],
    compute: (a, b, bias) => tf.fused.matMul({ a: a, b: b, bias: bias, activation }),
  }
}

function fusedConvolution(draw: Draw): Case {
  const out = draw.int(1, 20)
  const activation = draw.pick(['linear', 'relu', 'relu6', 'sigmoid', 'elu'] as const)
  return {
    inputs: [
      plain(draw, [2, 6, 5, 3]),
      plain(draw, [3, 2, 3, out]),
      plain(draw, draw.pick([[out], [1]])),
    ],
    compute: (x, filter, bias) =>
      tf.fused.conv2d({
        x: x as T4,
        filter: filter as T4,
        strides: 1,
        pad: 'same',
        bias: bias,
        activation,
      }),
  }
}

const shapesThatMeet: readonly (readonly [number[], number[]])[] = [
  [
    [4, 5, 6],
    [4, 5, 6],
  ],
  [[4, 5, 6], [6]],
  [[6], [4, 5, 6]],
  [[4, 5, 6], []],
  [[], [4, 5]],
  [[], []],
  [
    [4, 5, 6],
    [5, 1],
  ],
  [
    [4, 1, 6],
    [1, 5, 6],
  ],
  [
    [2, 1, 3, 1, 2, 1],
    [1, 4, 1, 5, 1, 3],
  ],
  [[30, 500], [500]],
  [
    [30, 500],
    [30, 1],
  ],
  [
    [1, 5],
    [1, 1, 1],
  ],
  [[0, 5], [5]],
  [[40_000], [40_000]],
]

const unaryOps = {
  relu: tf.relu,
  relu6: tf.relu6,
  leakyRelu: (x: tf.Tensor) => tf.leakyRelu(x, 0.3),
  elu: tf.elu,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  tanh: tf.tanh,
  exp: tf.exp,
  expm1: tf.expm1,
  log: tf.log,
  log1p: tf.log1p,
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
  square: tf.square,
  reciprocal: tf.reciprocal,
  neg: tf.neg,
  abs: tf.abs,
  sign: tf.sign,
  step: (x: tf.Tensor) => tf.step(x, 0.25),
  floor: tf.floor,
  ceil: tf.ceil,
  round: tf.round,
  sin: tf.sin,
  cos: tf.cos,
  erf: tf.erf,
  clipByValue: (x: tf.Tensor) => tf.clipByValue(x, -1, 0.5),
} as Record<string, (x: tf.Tensor) => tf.Tensor>

const binaryOps = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  divNoNan: tf.divNoNan,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  pow: tf.pow,
  prelu: tf.prelu,
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
} as Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>

/** Sines of great angles and powers of great numbers are libm's business: rounding differs there. */
const loose: Record<string, number> = { pow: 1e-4, sin: 1e-5, cos: 1e-5 }

const reductions = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
} as Record<string, (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor>

const cases: Record<string, (draw: Draw) => Case> = {
  'conv2d with gradients': (draw) => convolution(draw, false),
  'depthwiseConv2d with gradients': (draw) => convolution(draw, true),
  'stock conv2d with gradients': stockConvolution,
  'fused.conv2d': fusedConvolution,
  'maxPool with gradient': (draw) => pooling(draw, 'maxPool'),
  'avgPool with gradient': (draw) => pooling(draw, 'avgPool'),
  'maxPool of odd values': (draw) => poolingOddValues(draw, 'maxPool'),
  'avgPool of odd values': (draw) => poolingOddValues(draw, 'avgPool'),
  'matMul with gradients': matMul,
  'fused.matMul': fusedMatMul,
  'dense with gradients': (draw) => {
    const [rows, size, out] = [draw.int(1, 40), draw.int(1, 70), draw.pick([1, 10, 33, 128])]
    const activation = draw.pick(activations)
    return {
      inputs: [plain(draw, [rows, size]), plain(draw, [size, out], -0.3, 0.3), plain(draw, [out])],
      compute: withGradients((x, k, bias) => dense(x, k, { bias: bias, activation })),
    }
  },
  'applyActivation with gradient': (draw) => {
    const activation = draw.pick(activations)
    return {
      inputs: [plain(draw, draw.shape(3), -8, 8)],
      compute: withGradients((x) => applyActivation(x, activation)),
    }
  },
  'batchNormTrain with gradients': (draw) => {
    const channels = draw.pick([1, 3, 16, 20, 33])
    const activation = draw.pick(activations)
    const lead = draw.pick([[40], [4, 5, 3], [2, 1, 9]])
    return {
      inputs: [
        plain(draw, [...lead, channels], -1, 3),
        plain(draw, [channels]),
        plain(draw, [channels]),
      ],
      compute: withGradients((x, g, b) => batchNormTrain(x, g, b, 1e-3, { activation }).y),
      tolerance: 2e-4,
    }
  },
  'batchNormTrain statistics': (draw) => {
    const channels = draw.pick([1, 3, 16, 33])
    return {
      inputs: [plain(draw, [draw.int(1, 500), channels], 90, 110)],
      compute: (x) => {
        const { mean, variance } = batchNormTrain(
          x,
          tf.ones([channels]),
          tf.zeros([channels]),
          1e-5,
        )
        return [mean, variance]
      },
      tolerance: 1e-4,
    }
  },
  'batchNormInference with gradients': (draw) => {
    const channels = draw.pick([1, 3, 16, 33])
    const vector = (low: number) => plain(draw, [channels], low, 2)
    return {
      inputs: [plain(draw, [3, 4, channels]), vector(-2), vector(0.5), vector(-2), vector(-2)],
      compute: withGradients((x, m, v, g, b) => batchNormInference(x, m, v, g, b, 1e-3)),
      tolerance: 1e-4,
    }
  },
  'stock batchNorm': (draw) => {
    const channels = draw.pick([1, 5, 33])
    const shape = draw.pick([[channels], [2, 3, channels]])
    return {
      inputs: [plain(draw, [2, 3, channels]), plain(draw, shape), plain(draw, shape, 0.5, 2)],
      compute: (x, m, v) => tf.batchNorm(x as tf.Tensor3D, m as tf.Tensor1D, v as tf.Tensor1D),
    }
  },
  softmax: (draw) => ({
    inputs: [plain(draw, [draw.int(1, 40), draw.pick([1, 10, 33])], -30, 30)],
    compute: withGradients((x) => tf.softmax(x)),
  }),
  'logSoftmax with gradient': (draw) => ({
    inputs: [plain(draw, [2, draw.int(1, 40), draw.pick([1, 10, 33])], -30, 30)],
    compute: withGradients((x) => logSoftmax(x)),
  }),
  'softmaxCrossEntropy with gradient': (draw) => {
    const [rows, classes] = [draw.int(1, 40), draw.pick([1, 2, 10, 83])]
    const labels = Int32Array.from({ length: rows }, () => draw.int(-1, classes - 1))
    const options = {
      labelSmoothing: draw.pick([0, 0.1, 1]),
      ...(draw.int(0, 1) ? { classWeights: [...draw.values([classes], 0, 3)] } : {}),
    }
    return {
      inputs: [plain(draw, [rows, classes], -20, 20)],
      compute: withGradients((x) => softmaxCrossEntropy(x, tf.tensor1d(labels, 'int32'), options)),
    }
  },
  dropout: (draw) => {
    const rate = draw.pick([0.1, 0.5, 0.9, 1])
    const key = draw.int(0, 2 ** 32 - 1)
    return {
      inputs: [plain(draw, [draw.int(0, 3), 500], -2, 2, true)],
      compute: withGradients((x) => dropout(x, { rate, key })),
      tolerance: 0,
    }
  },
  transpose: (draw) => {
    const rank = draw.int(1, 6)
    const order = Array.from({ length: rank }, (_, i) => i).sort(() => draw.int(0, 1) - 0.5)
    return {
      inputs: [plain(draw, draw.shape(rank, 1, 5))],
      compute: (x) => [tf.transpose(x, order), tf.transpose(tf.cast(x, 'int32'), order)],
      tolerance: 0,
    }
  },
  pad: (draw) => {
    const shape = draw.shape(draw.int(1, 4))
    const paddings = shape.map((): [number, number] => [draw.int(0, 2), draw.int(0, 2)])
    return {
      inputs: [plain(draw, shape)],
      compute: (x) => [tf.pad(x, paddings, 0.5), tf.pad(tf.cast(x, 'bool'), paddings, 1)],
      tolerance: 0,
    }
  },
  slice: (draw) => {
    const shape = draw.shape(draw.int(1, 5))
    const begin = shape.map((size) => draw.int(0, size - 1))
    const size = shape.map((length, i) => draw.int(0, length - begin[i]!))
    return {
      inputs: [plain(draw, shape)],
      compute: (x) => [tf.slice(x, begin, size), tf.slice(tf.cast(x, 'int32'), begin, size)],
      tolerance: 0,
    }
  },
  'concat, stack, unstack, split': (draw) => {
    const shape = draw.shape(3)
    const axis = draw.int(0, 2)
    const other = shape.map((size, i) => (i === axis ? draw.int(0, 4) : size))
    return {
      inputs: [plain(draw, shape), plain(draw, other)],
      compute: (a, b) => [
        tf.concat([a, b, a], axis),
        tf.stack([a, tf.neg(a)], axis),
        ...tf.unstack(a, axis),
        ...tf.split(a, shape[axis]!, axis),
      ],
      tolerance: 0,
    }
  },
  'gather with gradient': (draw) => {
    const shape = draw.shape(3)
    const axis = draw.int(0, 2)
    const indices = Int32Array.from({ length: draw.int(1, 9) }, () => draw.int(0, shape[axis]! - 1))
    return {
      inputs: [plain(draw, shape)],
      compute: withGradients((x) => tf.gather(x, tf.tensor1d(indices, 'int32'), axis)),
    }
  },
  unsortedSegmentSum: (draw) => {
    const rows = draw.int(0, 30)
    const ids = Int32Array.from({ length: rows }, () => draw.int(-1, 7))
    return {
      inputs: [plain(draw, [rows, draw.int(1, 5)])],
      compute: (x) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), 6),
    }
  },
  oneHot: (draw) => ({
    inputs: [
      { values: Int32Array.from({ length: 9 }, () => draw.int(-2, 7)), shape: [9], dtype: 'int32' },
    ],
    compute: (x) => [tf.oneHot(x, 5, 2, -1), tf.oneHot(x, 5, 2, -1, 'float32')],
    tolerance: 0,
  }),
  where: (draw) => {
    const shape = draw.shape(3)
    return {
      inputs: [plain(draw, shape, -2, 2, true), plain(draw, shape, -2, 2, true)],
      compute: (a, b) => [
        tf.where(tf.greater(a, 0), a, b),
        tf.where(tf.greater(a, 0), a, tf.scalar(3)),
      ],
      tolerance: 0,
    }
  },
  'cast between all types': (draw) => ({
    inputs: [plain(draw, draw.shape(2), -3e9, 3e9, true), plain(draw, [50], -3, 3)],
    compute: (great, small) =>
      [great, small].flatMap((x) => [
        tf.cast(x, 'int32'),
        tf.cast(x, 'bool'),
        tf.cast(tf.cast(x, 'int32'), 'float32'),
        tf.cast(tf.cast(x, 'bool'), 'float32'),
        tf.cast(tf.cast(x, 'bool'), 'int32'),
        tf.cast(tf.cast(x, 'int32'), 'bool'),
        // The stock kernels leave int32 arrays under a float32 label, or the reverse.
        tf.add(tf.cast(tf.cast(x, 'int32'), 'float32'), 0.5),
        tf.mul(tf.cast(tf.oneHot(tf.tensor1d([0, 2], 'int32'), 3), 'float32'), 0.5),
      ]),
    tolerance: 0,
  }),
  'fill, zerosLike, onesLike': (draw) => ({
    inputs: [plain(draw, draw.shape(2, 0))],
    compute: (x) => [tf.fill(x.shape, 2.5), tf.zerosLike(x), tf.onesLike(x)],
    tolerance: 0,
  }),
  addN: (draw) => {
    const shape = draw.shape(2)
    return {
      inputs: [plain(draw, shape), plain(draw, shape), plain(draw, shape)],
      compute: (...t) => [tf.addN(t), tf.addN(t.slice(0, 1)), tf.addN(t.slice(0, 2))],
    }
  },
  'argMax and argMin': (draw) => {
    const shape = draw.shape(3)
    const axis = draw.int(0, 2)
    return {
      inputs: [plain(draw, shape, -2, 2, draw.int(0, 1) === 1)],
      compute: (x) => [tf.argMax(x, axis), tf.argMin(x, axis)],
      tolerance: 0,
    }
  },
}

for (const [name, op] of Object.entries(unaryOps)) {
  cases[name] = (draw) => ({
    inputs: [plain(draw, draw.pick([[0], [1], [7, 9], [40_000]]), -4, 4, draw.int(0, 1) === 1)],
    compute: (x) => op(x),
    tolerance: loose[name] ?? 2e-6,
  })
}
for (const [name, op] of Object.entries(binaryOps)) {
  cases[name] = (draw) => {
    const [a, b] = draw.pick(shapesThatMeet)
    const special = draw.int(0, 1) === 1
    return {
      inputs: [plain(draw, [...a], -4, 4, special), plain(draw, [...b], -4, 4, special)],
      compute: (x, y) => op(x, y),
      tolerance: loose[name] ?? 1e-6,
    }
  }
}
for (const [name, op] of Object.entries(reductions)) {
  cases[name] = (draw) => {
    const shape = draw.pick([draw.shape(4), draw.shape(2, 0), [300, 70], [70, 300], [20_000]])
    const axes = shape.map((_, i) => i).filter(() => draw.int(0, 1) === 1)
    // Products of great numbers leave float32 on the way.
    const special = name !== 'prod' && draw.int(0, 2) === 0
    const keepDims = draw.int(0, 1) === 1
    return {
      inputs: [plain(draw, shape, name === 'prod' ? 0.9 : -4, name === 'prod' ? 1.1 : 4, special)],
      compute: (x) => [op(x, axes, keepDims), op(x)],
      tolerance: 1e-4,
    }
  }
}

describe.skipIf(!here)(`native kernels agree with cpu (seed ${seed})`, () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    for (let round = 0; round < rounds; round++) {
      const { inputs, compute, tolerance } = cases[name]!(new Draw(seed, name, round))
      try {
        await expectAsOnCpu(inputs, compute, tolerance)
      } catch (error) {
        const shapes = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' ')
        throw new Error(`DUCTUS_TEST_SEED=${seed} round ${round}, ${shapes}`, { cause: error })
      }
    }
  })

  it.each([...Object.entries(unaryOps), ...Object.entries(reductions)])(
    'takes every type: %s',
    async (_, op) => {
      const ints = {
        values: Int32Array.of(3, -1, 0, 7, 2, -5),
        shape: [2, 3],
        dtype: 'int32' as const,
      }
      const attempt = async (dtype: 'int32' | 'bool') => {
        let refused: unknown
        const run = (x: tf.Tensor) => op(tf.cast(x, dtype))
        await tf.setBackend('cpu')
        try {
          tf.tidy(() => void run(tf.tensor(ints.values, ints.shape, 'int32')))
        } catch (error) {
          refused = error
        }
        if (!refused) await expectAsOnCpu([ints], (x) => run(x), 2e-6)
      }
      await attempt('int32')
      await attempt('bool')
    },
  )

  it.each(Object.entries(binaryOps))('takes every type: %s', async (_, op) => {
    const a: Plain = { values: Int32Array.of(3, -1, 0, 7), shape: [4], dtype: 'int32' }
    const b: Plain = { values: Int32Array.of(2, 2, 1, 7), shape: [4], dtype: 'int32' }
    await expectAsOnCpu([a, b], (x, y) => op(x, y), 2e-6)
    await expectAsOnCpu([a, b], (x, y) => op(tf.cast(x, 'float32'), y), 2e-6)
  })

  it('refuses what cpu refuses', async () => {
    await tf.setBackend('native')
    tf.tidy(() => {
      expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([4, 2]))).toThrow()
      expect(() => tf.gather(tf.ones([3]), tf.tensor1d([3], 'int32'))).toThrow('not in [0, 2]')
      expect(() => tf.slice(tf.ones([3]), [2], [5])).toThrow()
      expect(() => tf.add(tf.ones([3]), tf.ones([4]))).toThrow()
    })
  })
})
