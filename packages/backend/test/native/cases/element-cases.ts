import * as tf from '@tensorflow/tfjs-core'
import type { Draw } from '../random-shapes.js'
import { plain } from './case.js'
import type { Case, CaseTable } from './case.js'

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

export const unaryOps = {
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

export const binaryOps = {
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

const specials = ['none', 'extreme'] as const

/** Sines of great angles and powers of great numbers are libm's business: rounding differs there. */
const loose: Record<string, number> = { pow: 1e-4, sin: 1e-5, cos: 1e-5 }

export const reductions = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
} as Record<string, (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor>

const unary =
  (name: string, op: (x: tf.Tensor) => tf.Tensor) =>
  (draw: Draw): Case => ({
    inputs: [plain(draw, draw.pick([[0], [1], [7, 9], [40_000]]), -4, 4, draw.pick(specials))],
    compute: (x) => op(x),
    tolerance: loose[name] ?? 2e-6,
  })

const binary =
  (name: string, op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) =>
  (draw: Draw): Case => {
    const [a, b] = draw.pick(shapesThatMeet)
    const special = draw.pick(specials)
    return {
      inputs: [plain(draw, [...a], -4, 4, special), plain(draw, [...b], -4, 4, special)],
      compute: (x, y) => op(x, y),
      tolerance: loose[name] ?? 1e-6,
    }
  }

const reduction =
  (name: string, op: (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor) =>
  (draw: Draw): Case => {
    const shape = draw.pick([draw.shape(4), draw.shape(2, 0), [300, 70], [70, 300], [20_000]])
    const axes = shape.map((_, i) => i).filter(() => draw.int(0, 1) === 1)
    const keepDims = draw.int(0, 1) === 1
    const [low, high] = name === 'prod' ? [0.9, 1.1] : [-4, 4]
    return {
      // Great numbers cancel differently in another order.
      inputs: [plain(draw, shape, low, high, draw.pick(['none', 'none', 'odd']))],
      compute: (x) => [op(x, axes, keepDims), op(x)],
      tolerance: 1e-4,
    }
  }

function each<T>(
  ops: Readonly<Record<string, T>>,
  make: (name: string, op: T) => (draw: Draw) => Case,
): CaseTable {
  return Object.fromEntries(Object.entries(ops).map(([name, op]) => [name, make(name, op)]))
}

/** Kernels that work element by element, and reductions. */
export const elementCases: CaseTable = {
  ...each(unaryOps, unary),
  ...each(binaryOps, binary),
  ...each(reductions, reduction),
}
