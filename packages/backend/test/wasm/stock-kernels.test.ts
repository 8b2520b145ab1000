import { useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { expectAsOnCpu, type Plain } from '../support/compare-backends.js'

/**
 * What TensorFlow.js' own kernels are trusted with: whole operations on every dtype, with the values that kernels get
 * wrong. Each operation that fails here belongs into JavaScript's hands (`stock-dtypes.ts`).
 */
type Dtype = 'float32' | 'int32' | 'bool'
const dtypes: readonly Dtype[] = ['float32', 'int32', 'bool']
const odd = [
  0,
  -0,
  1,
  -1,
  2.5,
  -2.5,
  NaN,
  Infinity,
  -Infinity,
  1e-30,
  1e30,
  -1e30,
  0.5,
  -0.5,
  1.5,
  3,
  -3,
  7,
  100,
  -100,
]

/** 4×5 values: for float32 the odd ones, for the others what they become. */
function oddValues(dtype: Dtype): Plain {
  const shape = [4, 5]
  if (dtype === 'float32') return { values: Float32Array.from(odd), shape }
  const whole = odd.map((value) => (Math.abs(value) < 1e3 ? Math.trunc(value) : 5))
  if (dtype === 'int32') return { values: Int32Array.from(whole), shape, dtype }
  return { values: Uint8Array.from(whole.map((value) => Number(value > 0))), shape, dtype }
}

/** 4×5 tame values of both signs, or of one. */
function tame(sign: 1 | -1 | 0): Plain {
  const values = Float32Array.from({ length: 20 }, (_, i) => {
    const size = 1 + ((i * 7919) % 13) / 3
    return sign === 0 ? size * (i % 3 === 0 ? -1 : 1) : sign * size
  })
  return { values, shape: [4, 5] }
}

const close = { rtol: 1e-4, atol: 1e-5 }
type Op = (...tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[]

const unary = {
  abs: tf.abs,
  acos: tf.acos,
  acosh: tf.acosh,
  asin: tf.asin,
  asinh: tf.asinh,
  atan: tf.atan,
  atanh: tf.atanh,
  ceil: tf.ceil,
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  isFinite: tf.isFinite,
  isInf: tf.isInf,
  isNaN: tf.isNaN,
  leakyRelu: tf.leakyRelu,
  log: tf.log,
  log1p: tf.log1p,
  neg: tf.neg,
  reciprocal: tf.reciprocal,
  relu: tf.relu,
  relu6: tf.relu6,
  round: tf.round,
  rsqrt: tf.rsqrt,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sinh: tf.sinh,
  softplus: tf.softplus,
  sqrt: tf.sqrt,
  square: tf.square,
  step: tf.step,
  tanh: tf.tanh,
  logSigmoid: tf.logSigmoid,
  onesLike: tf.onesLike,
  zerosLike: tf.zerosLike,
  logicalNot: tf.logicalNot,
} as unknown as Record<string, Op>

const binary = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  divNoNan: tf.divNoNan,
  maximum: tf.maximum,
  minimum: tf.minimum,
  mod: tf.mod,
  floorDiv: tf.floorDiv,
  atan2: tf.atan2,
  equal: tf.equal,
  squaredDifference: tf.squaredDifference,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  logicalAnd: tf.logicalAnd,
  logicalOr: tf.logicalOr,
  logicalXor: tf.logicalXor,
} as unknown as Record<string, Op>

const moving: Record<string, Op> = {
  pad: (x) =>
    tf.pad(
      x,
      [
        [1, 2],
        [0, 3],
      ],
      1,
    ),
  mirrorPad: (x) =>
    tf.mirrorPad(
      x,
      [
        [1, 2],
        [0, 3],
      ],
      'reflect',
    ),
  stridedSlice: (x) => tf.stridedSlice(x, [0, 0], [4, 5], [2, 2]),
  transpose: (x) => tf.transpose(x),
  'transpose of three axes': (x) => tf.transpose(tf.reshape(x, [2, 2, 5]), [2, 0, 1]),
  concat: (x) => tf.concat([x, x], 1),
  stack: (x) => tf.stack([x, x], 1),
  unstack: (x) => tf.unstack(x, 1),
  split: (x) => tf.split(x, 2, 0),
  tile: (x) => tf.tile(x, [2, 3]),
  reverse: (x) => tf.reverse(x, [0, 1]),
  gather: (x) => tf.gather(x, tf.tensor1d([3, 0, 0], 'int32'), 1),
  gatherND: (x) =>
    tf.gatherND(
      x,
      tf.tensor2d(
        [
          [1, 2],
          [3, 4],
        ],
        [2, 2],
        'int32',
      ),
    ),
  scatterND: (x) =>
    tf.scatterND(tf.tensor2d([[1], [3]], [2, 1], 'int32'), tf.slice(x, [0, 0], [2, 5]), [6, 5]),
  where: (x) => tf.where(tf.cast(tf.greater(x, tf.zerosLike(x)), 'bool'), x, tf.reverse(x, 0)),
  expandDims: (x) => tf.expandDims(x, 1),
  broadcastTo: (x) => tf.broadcastTo(tf.slice(x, [0, 0], [1, 5]), [3, 5]),
  batchToSpaceND: (x) => tf.batchToSpaceND(tf.reshape(x, [4, 5, 1]), [2], [[0, 0]]),
  spaceToBatchND: (x) =>
    tf.spaceToBatchND(
      tf.reshape(x, [4, 5, 1, 1]),
      [2, 1],
      [
        [0, 1],
        [0, 0],
      ],
    ),
  addN: (x) => tf.addN([x, x]),
  unique: (x) => Object.values(tf.unique(tf.reshape(x, [20]))),
}

const reducing = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
  argMax: tf.argMax,
  argMin: tf.argMin,
  all: tf.all,
  any: tf.any,
  logSumExp: tf.logSumExp,
  cumsum: tf.cumsum,
  cumprod: tf.cumprod,
  topk: (x: tf.Tensor) => Object.values(tf.topk(x, 3)),
} as unknown as Record<string, (x: tf.Tensor, axis: number) => tf.Tensor | tf.Tensor[]>

/** Operations that refuse a dtype refuse it everywhere. */
const floatOnly = new Set('ceil cosh elu erf floor log rsqrt sigmoid sqrt tanh'.split(' '))
const takes = (name: string, dtype: Dtype) =>
  (dtype === 'float32' || !floatOnly.has(name)) &&
  (name.startsWith('logical') || name === 'all' || name === 'any' ? dtype === 'bool' : true)

beforeAll(async () => {
  await useBackend('wasm')
})

describe.each(dtypes)('whole operations on wasm, %s', (dtype) => {
  it.each(Object.entries(unary).filter(([name]) => takes(name, dtype)))('%s', async (_, op) => {
    await expectAsOnCpu('wasm', [oddValues(dtype)], ([x]) => op(x!), close)
  })

  it.each(Object.entries(binary).filter(([name]) => takes(name, dtype)))(
    '%s, broadcast in every way',
    async (_, op) => {
      await expectAsOnCpu(
        'wasm',
        [oddValues(dtype)],
        ([x]) => {
          const cut = (size: [number, number]) => tf.slice(x!, [0, 0], size)
          const pairs: [tf.Tensor, tf.Tensor][] = [
            [x!, tf.reverse(x!, 0)],
            [x!, cut([1, 5])],
            [cut([4, 1]), x!],
            [cut([1, 1]), x!],
            [tf.reshape(x!, [4, 1, 5]), tf.reshape(cut([4, 1]), [1, 4, 1])],
          ]
          return pairs.flatMap(([a, b]) => op(a, b))
        },
        close,
      )
    },
  )

  it.each(Object.entries(moving))('%s', async (_, op) => {
    await expectAsOnCpu('wasm', [oddValues(dtype)], ([x]) => op(x!), close)
  })

  it.each(Object.entries(reducing).filter(([name]) => takes(name, dtype)))(
    '%s over each axis',
    async (_, op) => {
      const input = dtype === 'float32' ? tame(0) : oddValues(dtype)
      for (const axis of [0, 1]) await expectAsOnCpu('wasm', [input], ([x]) => op(x!, axis), close)
    },
  )
})

describe('windows and images on wasm', () => {
  const square = (x: tf.Tensor, channels = 1) =>
    tf.reshape<tf.Rank.R4>(x, [1, 4, 5 / channels, channels])
  const cube = (x: tf.Tensor) => tf.reshape<tf.Rank.R5>(tf.tile(x, [4, 1]), [1, 4, 4, 5, 1])
  const ops: Record<string, Op> = {
    dilation2d: (x) => tf.dilation2d(square(x), tf.ones([2, 2, 1]), 1, 'same'),
    maxPoolWithArgmax: (x) =>
      Object.values<tf.Tensor>(tf.maxPoolWithArgmax(square(x), 2, 1, 'same')),
    maxPool3d: (x) => tf.maxPool3d(cube(x), 2, 2, 'same'),
    avgPool3d: (x) => tf.avgPool3d(cube(x), 2, 2, 'same'),
    'gradient of maxPool3d': (x) =>
      tf.grad((x) => tf.square(tf.maxPool3d(x as tf.Tensor5D, 2, 2, 'same')))(cube(x)),
    'gradient of avgPool3d': (x) =>
      tf.grad((x) => tf.square(tf.avgPool3d(x as tf.Tensor5D, 2, 2, 'same')))(cube(x)),
    conv3d: (x) => tf.conv3d(cube(x), tf.ones([2, 2, 2, 1, 3]), 1, 'same'),
    'gradient of conv3d': (x) =>
      tf.grad((x) => tf.square(tf.conv3d(x as tf.Tensor5D, tf.ones([2, 2, 2, 1, 3]), 1, 'same')))(
        cube(x),
      ),
    resizeBilinear: (x) => tf.image.resizeBilinear(square(x), [7, 3], true),
    resizeNearestNeighbor: (x) => tf.image.resizeNearestNeighbor(square(x), [7, 3]),
    cropAndResize: (x) =>
      tf.image.cropAndResize(
        square(x),
        tf.tensor2d([0, 0, 1, 1, 0.2, 0.1, 0.7, 0.9], [2, 4]),
        tf.tensor1d([0, 0], 'int32'),
        [3, 3],
      ),
    rotateWithOffset: (x) => tf.image.rotateWithOffset(square(x), 0.7),
    flipLeftRight: (x) => tf.image.flipLeftRight(square(x)),
    localResponseNormalization: (x) => tf.localResponseNormalization(square(x, 5), 2),
    batchNorm: (x) => tf.batchNorm(x, tf.fill<tf.Rank.R1>([5], 0.3), tf.fill<tf.Rank.R1>([5], 2)),
    prelu: (x) => tf.prelu(x, tf.tensor1d([0.1, 0.2, -1, 3, 0])),
    'prelu with a slope for each element': (x) => tf.prelu(x, tf.mul(x, 0.1)),
    softmax: (x) => tf.softmax(x as tf.Tensor2D),
    multinomial: (x) => tf.multinomial(x as tf.Tensor2D, 4, 7),
    clipByValue: (x) => tf.clipByValue(x, -2, 2),
    pow: (x) => tf.pow(tf.abs(x), 1.7),
    'sin, cos and tan': (x) => [tf.sin(x), tf.cos(x), tf.tan(x)],
  }

  it.each(Object.entries(ops))('%s, of negative, positive and mixed numbers', async (_, op) => {
    for (const sign of [-1, 1, 0] as const) {
      await expectAsOnCpu('wasm', [tame(sign)], ([x]) => op(x!), close)
    }
  })
})
