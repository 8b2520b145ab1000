import {
  applyActivation,
  batchNormInference,
  batchNormTrain,
  dense,
  dropout,
  logSoftmax,
  scaledTanh,
  softmaxCrossEntropy,
} from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import type { Draw } from '../random-shapes.js'
import { activations, plain, withGradients } from './case.js'
import type { Case, CaseTable } from './case.js'

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

function oddMatMul(draw: Draw): Case {
  const [m, k, n] = [draw.int(1, 20), draw.int(1, 40), draw.int(1, 40)]
  return {
    inputs: [plain(draw, [m, k], -2, 2, 'odd'), plain(draw, [k, n], -2, 2, 'odd')],
    compute: (a, b) => tf.matMul(a, b),
  }
}

/** Kernels of the other layers, with their gradients. */
export const layerCases: CaseTable = {
  'matMul of odd values': oddMatMul,
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
  'scaledTanh with gradient': (draw) => {
    const options = draw.pick([{}, { amplitude: -0.5, slope: 2 }])
    return {
      inputs: [plain(draw, draw.shape(3), -8, 8)],
      compute: withGradients((x) => scaledTanh(x, options)),
    }
  },
  'scaledTanh of odd values': (draw) => ({
    inputs: [plain(draw, draw.shape(2), -8, 8, 'extreme')],
    compute: (x) => scaledTanh(x),
  }),
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
  'batchNormTrain with a residual, with gradients': (draw) => {
    const channels = draw.pick([1, 3, 16, 20, 33])
    const activation = draw.pick(activations)
    const shape = [...draw.pick([[40], [4, 5, 3], [2, 1, 9]]), channels]
    return {
      inputs: [
        plain(draw, shape, -1, 3),
        plain(draw, [channels]),
        plain(draw, [channels]),
        plain(draw, shape),
      ],
      compute: withGradients(
        (x, g, b, residual) => batchNormTrain(x, g, b, 1e-3, { activation, residual }).y,
      ),
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
    const [rows, classes] = [draw.int(1, 40), draw.pick([2, 10, 83])]
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
      inputs: [plain(draw, [draw.int(0, 3), 500], -2, 2, 'extreme')],
      compute: withGradients((x) => dropout(x, { rate, key })),
      tolerance: 0,
    }
  },
}
