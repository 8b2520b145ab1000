import {
  applyActivation,
  batchNormInference,
  batchNormTrain,
  dense,
  dropout,
  dropoutMask,
  hashKey,
  logSoftmax,
  scaledTanh,
  softmaxCrossEntropy,
  useBackend,
} from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectAllClose } from '../support/all-close.js'
import { backendsHere } from '../support/backends.js'
import { expectGradients } from '../support/finite-differences.js'
import { filled, weighted } from '../support/values.js'

const here = await backendsHere()

describe.each(here)('on %s', (backend) => {
  beforeAll(async () => void (await useBackend(backend)))
  beforeEach(() => tf.engine().startScope())
  afterEach(() => tf.engine().endScope())

  describe('dense', () => {
    it.each(['linear', 'relu', 'tanh', 'sigmoid', 'relu6'] as const)(
      'is a product, bias and %s',
      (activation) => {
        const [x, kernel, bias] = [filled(1, [3, 4, 7], -2, 2), filled(2, [7, 5]), filled(3, [5])]
        const y = dense(x, kernel, { bias, activation })
        const z = tf.add(tf.matMul(tf.reshape(x, [12, 7]), kernel as tf.Tensor2D), bias)
        const expected = activation === 'linear' ? z : tf[activation](z)
        expect(y.shape).toEqual([3, 4, 5])
        expectAllClose(y.dataSync(), expected.dataSync())
      },
    )

    it('has the gradients that finite differences give', () => {
      const inputs = [filled(4, [3, 4]), filled(5, [4, 5]), filled(6, [5])]
      for (const activation of ['linear', 'tanh'] as const) {
        expectGradients((x, k, b) => weighted(dense(x, k, { bias: b, activation })), inputs)
      }
      expectGradients((x, k) => weighted(dense(x, k)), inputs.slice(0, 2))
    })

    it('names shapes that do not fit', () => {
      expect(() => dense(tf.ones([2, 3]), tf.ones([4, 5]))).toThrow('received [2, 3] and [4, 5]')
    })
  })

  describe('scaledTanh', () => {
    it('is amplitude · tanh(slope · x)', () => {
      const x = filled(1, [3, 7], -4, 4)
      const expected = tf.mul(tf.tanh(tf.mul(x, 2 / 3)), 1.716)
      expectAllClose(scaledTanh(x).dataSync(), expected.dataSync())
      const other = tf.mul(tf.tanh(tf.mul(x, -3)), 0.5)
      expectAllClose(scaledTanh(x, { amplitude: 0.5, slope: -3 }).dataSync(), other.dataSync())
    })

    it('has the gradient that finite differences give', () => {
      expectGradients((x) => weighted(scaledTanh(x)), [filled(2, [3, 4])])
    })

    it('refuses an amplitude of 0', () => {
      expect(() => scaledTanh(tf.ones([1]), { amplitude: 0 })).toThrow('other than 0')
    })
  })

  describe('dropout', () => {
    it('drops what the keyed mask says, and nothing else', () => {
      const key = hashKey(7, 'dropout', 'layer', 3)
      const x = filled(1, [20, 30], 1, 2)
      const mask = dropoutMask(key, 0.3, 600)
      const scale = Math.fround(1 / (1 - 0.3))
      const expected = x.dataSync().map((value, i) => (mask[i] ? Math.fround(value * scale) : 0))
      expect(dropout(x, { rate: 0.3, key }).dataSync()).toEqual(expected)
      const share = mask.reduce((sum, kept) => sum + kept, 0) / 600
      expect(share).toBeGreaterThan(0.64)
      expect(share).toBeLessThan(0.76)
    })

    it('passes the gradient where it kept', () => {
      const key = hashKey(8)
      const x = filled(1, [50])
      const gradient = tf.grad((t) => tf.sum(dropout(t, { rate: 0.5, key })))(x)
      const mask = dropoutMask(key, 0.5, 50)
      expect([...gradient.dataSync()]).toEqual([...mask].map((kept) => 2 * kept))
    })

    it('drops nothing at rate 0 and all at rate 1', () => {
      const x = filled(1, [50], 1, 2)
      expect(dropout(x, { rate: 0, key: 1 }).dataSync()).toEqual(x.dataSync())
      expect(Math.max(...dropout(x, { rate: 1, key: 1 }).dataSync())).toBe(0)
    })

    it('drops NaN too', () => {
      const y = dropout(tf.fill([100], NaN), { rate: 0.5, key: 5 }).dataSync()
      const mask = dropoutMask(5, 0.5, 100)
      y.forEach((value, i) => expect(Number.isNaN(value)).toBe(mask[i] === 1))
    })

    it('refuses a rate or key out of range', () => {
      expect(() => dropout(tf.ones([2]), { rate: 1.5, key: 1 })).toThrow('rate from 0 to 1')
      expect(() => dropout(tf.ones([2]), { rate: 0.5, key: -1 })).toThrow('hashKey()')
    })
  })

  describe('batchNorm', () => {
    it('normalises by the biased statistics of the batch', () => {
      const x = tf.tensor2d([1, 10, 2, 20, 3, 30, 6, 60], [4, 2])
      const { y, mean, variance } = batchNormTrain(x, tf.tensor1d([1, 2]), tf.tensor1d([0, 1]), 0)
      expectAllClose(mean.dataSync(), [3, 30])
      expectAllClose(variance.dataSync(), [3.5, 350])
      const normal = [-2, -1, 0, 3].map((d) => d / Math.sqrt(3.5))
      expectAllClose(
        y.dataSync(),
        normal.flatMap((n) => [n, 2 * n + 1]),
      )
    })

    it.each(['linear', 'relu', 'tanh'] as const)(
      'has the gradients that finite differences give, then %s',
      (activation) => {
        const inputs = [
          filled(1, [2, 3, 2, 3], 0.2, 2),
          filled(2, [3], 0.5, 1),
          filled(3, [3], 2, 3),
        ]
        expectGradients(
          (x, gamma, beta) => weighted(batchNormTrain(x, gamma, beta, 1e-3, { activation }).y),
          inputs,
        )
      },
    )

    it.each(['linear', 'relu', 'sigmoid'] as const)(
      'adds a residual, then %s, in training and in inference',
      (activation) => {
        const [x, residual] = [filled(1, [2, 3, 2, 3], 0.2, 2), filled(4, [2, 3, 2, 3], -9, 9)]
        const [gamma, beta] = [filled(2, [3], 0.5, 1), filled(3, [3], -1, 1)]
        const train = (...t: tf.Tensor[]) =>
          batchNormTrain(t[0]!, t[1]!, t[2]!, 1e-3, { activation, residual: t[3]! })
        const { y, mean, variance } = train(x, gamma, beta, residual)
        const normal = batchNormTrain(x, gamma, beta, 1e-3).y
        const expected = applyActivation(tf.add(normal, residual), activation)
        expectAllClose(y.dataSync(), expected.dataSync())
        expectGradients((...t) => weighted(train(...t).y), [x, gamma, beta, residual])
        const infer = (...t: tf.Tensor[]) =>
          batchNormInference(t[0]!, mean, variance, gamma, beta, 1e-3, {
            activation,
            residual: t[1]!,
          })
        expectAllClose(infer(x, residual).dataSync(), y.dataSync())
        expectGradients((...t) => weighted(infer(...t)), [x, residual])
      },
    )

    it('refuses a residual of another shape', () => {
      const x = tf.ones([4, 3])
      const options = { residual: tf.ones([4, 1]) }
      expect(() => batchNormTrain(x, tf.ones([3]), tf.zeros([3]), 1e-3, options)).toThrow(
        "batchNormTrain: expected a residual of x's shape [4, 3], received [4, 1]",
      )
    })

    it('normalises by given statistics, differentiably', () => {
      const [x, mean, variance, gamma, beta] = [
        filled(1, [4, 3]),
        filled(2, [3]),
        filled(3, [3], 0.5, 1),
        filled(4, [3]),
        filled(5, [3]),
      ]
      const y = batchNormInference(x, mean, variance, gamma, beta, 1e-3)
      const expected = tf.batchNorm(
        x as tf.Tensor2D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        beta as tf.Tensor1D,
        gamma as tf.Tensor1D,
        1e-3,
      )
      expectAllClose(y.dataSync(), expected.dataSync())
      expectGradients(
        (...t) => {
          const [x, m, v, g, b] = t as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
          return weighted(batchNormInference(x, m, v, g, b, 1e-3, { activation: 'tanh' }))
        },
        [x, mean, variance, gamma, beta],
      )
    })
  })

  describe('softmaxCrossEntropy', () => {
    const logits = () => filled(1, [4, 5], -3, 3)
    const labels = () => tf.tensor1d([0, 4, 2, 2], 'int32')

    it('is −log p of the label, weighted, smoothed, and 0 where ignored', () => {
      const weights = [1, 2, 3, 4, 5]
      const p = tf.softmax(logits()).arraySync() as number[][]
      const all = [...labels().dataSync()]
      const plain = all.map((label, i) => -Math.log(p[i]![label]!))
      expectAllClose(softmaxCrossEntropy(logits(), labels()).dataSync(), plain)
      const rich = all.map((label, i) => {
        if (label === 4) return 0
        const spread = weights.reduce((sum, w, c) => sum - w * Math.log(p[i]![c]!), 0)
        return -0.9 * weights[label]! * Math.log(p[i]![label]!) + (0.1 / 5) * spread
      })
      const options = { labelSmoothing: 0.1, classWeights: weights, ignoredLabel: 4 }
      expectAllClose(softmaxCrossEntropy(logits(), labels(), options).dataSync(), rich)
    })

    it('has the gradients that finite differences give', () => {
      const options = { labelSmoothing: 0.2, classWeights: [1, 2, 3, 4, 5], ignoredLabel: 0 }
      for (const chosen of [{}, options]) {
        expectGradients((t) => weighted(softmaxCrossEntropy(t, labels(), chosen)), [logits()])
      }
      expectGradients((t) => tf.mean(softmaxCrossEntropy(t, labels())), [logits()])
    })

    it('takes sequences, great logits and impossible classes', () => {
      const sequence = filled(2, [2, 3, 4])
      const targets = tf.tensor2d([0, 1, 2, 3, 0, 1], [2, 3], 'int32')
      expect(softmaxCrossEntropy(sequence, targets).shape).toEqual([2, 3])
      const extreme = tf.tensor2d([1000, -1000, 0, 0, -Infinity, 0], [2, 3])
      const losses = softmaxCrossEntropy(extreme, tf.tensor1d([1, 0], 'int32')).dataSync()
      expectAllClose(losses, [2000, Math.log(2)])
    })

    it.each([5, 100, -1, -2, 1.5, NaN])('refuses the label %d', (label) => {
      const wrong = (dtype: 'int32' | 'float32') => tf.tensor1d([0, label, 4, 2], dtype)
      const message =
        'softmaxCrossEntropy: expected labels that are whole numbers from 0 to 4, or the ignored 3, ' +
        `received ${label} at 1.`
      const compute = (labels: tf.Tensor) => () => {
        softmaxCrossEntropy(logits(), labels, { ignoredLabel: 3, labelSmoothing: 0.1 })
      }
      expect(compute(wrong('float32'))).toThrow(message)
      if (Number.isInteger(label)) expect(compute(wrong('int32'))).toThrow(message)
    })

    it('names shapes that do not fit', () => {
      expect(() => softmaxCrossEntropy(logits(), tf.tensor1d([1], 'int32'))).toThrow('labels [4]')
      expect(() => softmaxCrossEntropy(logits(), labels(), { classWeights: [1] })).toThrow('5')
    })
  })

  describe('logSoftmax', () => {
    it('agrees with the stock op, and with finite differences', () => {
      const x = filled(1, [2, 3, 4], -5, 5)
      expectAllClose(logSoftmax(x).dataSync(), tf.logSoftmax(x).dataSync())
      expectGradients((t) => weighted(logSoftmax(t)), [x])
    })
  })
})
