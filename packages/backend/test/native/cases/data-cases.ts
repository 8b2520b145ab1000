import * as tf from '@tensorflow/tfjs-core'
import { plain, withGradients } from './case.js'
import type { CaseTable } from './case.js'

/** Kernels that move, pick, make and convert values. */
export const dataCases: CaseTable = {
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
  'split in unequal parts': (draw) => {
    const shape = draw.shape(draw.int(1, 4)).map((size) => size + 3)
    const axis = draw.int(0, shape.length - 1)
    return {
      inputs: [plain(draw, shape)],
      compute: (x) => [
        ...tf.split(x, [1, -1, 2], axis - shape.length),
        ...tf.split(tf.cast(x, 'int32'), [2, shape[axis]! - 2], axis),
      ],
      tolerance: 0,
    }
  },
  'concat with gradients': (draw) => {
    const shape = draw.shape(3)
    const axis = draw.int(0, 2)
    const other = shape.map((size, i) => (i === axis ? draw.int(1, 4) : size))
    return {
      inputs: [plain(draw, shape), plain(draw, other)],
      compute: withGradients((a, b) => tf.concat([a, b, a], axis)),
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
      inputs: [plain(draw, shape, -2, 2, 'extreme'), plain(draw, shape, -2, 2, 'extreme')],
      compute: (a, b) => [
        tf.where(tf.greater(a, 0), a, b),
        tf.where(tf.greater(a, 0), a, tf.scalar(3)),
      ],
      tolerance: 0,
    }
  },
  'cast between all types': (draw) => ({
    inputs: [plain(draw, draw.shape(2), -3e9, 3e9, 'extreme'), plain(draw, [50], -3, 3)],
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
      inputs: [plain(draw, shape, -2, 2, draw.pick(['none', 'extreme']))],
      compute: (x) => [tf.argMax(x, axis), tf.argMin(x, axis)],
      tolerance: 0,
    }
  },
}
