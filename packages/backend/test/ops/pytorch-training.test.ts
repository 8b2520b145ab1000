import { readFileSync } from 'node:fs'
import {
  batchNormTrain,
  conv2d,
  dense,
  softmaxCrossEntropy,
  uniformValues,
  updateAdam,
  updateRmsprop,
  updateSgd,
  useBackend,
} from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectAllClose } from '../support/all-close.js'
import { backendsHere } from '../support/backends.js'
import { filled } from '../support/values.js'

type Name = 'mlp' | 'cnn' | 'norm'

const fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/training.json', import.meta.url), 'utf8'),
) as Record<Name, { losses: number[]; tolerance: number }>

/** A network of tools/make-fixtures.py, written with our ops. */
interface Network {
  parameters: tf.Variable[]
  inputShape: number[]
  forward(x: tf.Tensor): tf.Tensor
  update(parameter: tf.Variable, gradient: tf.Tensor, slots: tf.Variable[], step: number): void
  slots: number
}

function weight(key: number, shape: number[], fanIn: number): tf.Variable {
  const bound = 1 / Math.sqrt(fanIn)
  return tf.tidy(() => tf.variable(filled(key, shape, -bound, bound)))
}

function constant(value: number, length: number): tf.Variable {
  return tf.tidy(() => tf.variable(tf.fill([length], value)))
}

function mlp(): Network {
  const [w1, b1] = [weight(101, [64, 32], 64), weight(102, [32], 64)]
  const [w2, b2] = [weight(103, [32, 16], 32), weight(104, [16], 32)]
  const [w3, b3] = [weight(105, [16, 10], 16), weight(106, [10], 16)]
  return {
    parameters: [w1, b1, w2, b2, w3, b3],
    inputShape: [16, 64],
    forward(x) {
      const h1 = dense(x, w1, { bias: b1, activation: 'relu' })
      const h2 = dense(h1, w2, { bias: b2, activation: 'relu' })
      return dense(h2, w3, { bias: b3 })
    },
    slots: 2,
    update: (parameter, gradient, [expAvg, expAvgSq], step) =>
      updateAdam({
        parameter,
        gradient,
        learningRate: 1e-2,
        expAvg: expAvg!,
        expAvgSq: expAvgSq!,
        step,
      }),
  }
}

function cnn(): Network {
  const [w1, b1] = [weight(201, [3, 3, 1, 4], 9), weight(202, [4], 9)]
  const [w2, b2] = [weight(203, [3, 3, 4, 8], 36), weight(204, [8], 36)]
  const [w3, b3] = [weight(205, [72, 10], 72), weight(206, [10], 72)]
  return {
    parameters: [w1, b1, w2, b2, w3, b3],
    inputShape: [8, 12, 12, 1],
    forward(x) {
      const h1 = conv2d(x, w1, { bias: b1, padding: 1, activation: 'relu' })
      const h2 = conv2d(h1, w2, { bias: b2, padding: 1, strides: 2, activation: 'relu' })
      const pooled = tf.maxPool(h2, 2, 2, 'valid')
      return dense(tf.reshape(pooled, [8, 72]), w3, { bias: b3 })
    },
    slots: 1,
    update: (parameter, gradient, [momentumBuffer], step) =>
      updateSgd({
        parameter,
        gradient,
        learningRate: 0.05,
        momentum: 0.9,
        momentumBuffer,
        first: step === 1,
      }),
  }
}

function norm(): Network {
  const [w1, b1] = [weight(301, [5, 5, 1, 6], 25), weight(302, [6], 25)]
  const [g1, o1] = [constant(1, 6), constant(0, 6)]
  const [w2, b2] = [weight(303, [150, 20], 150), weight(304, [20], 150)]
  const [g2, o2] = [constant(1, 20), constant(0, 20)]
  const [w3, b3] = [weight(305, [20, 10], 20), weight(306, [10], 20)]
  return {
    parameters: [w1, b1, g1, o1, w2, b2, g2, o2, w3, b3],
    inputShape: [8, 12, 12, 1],
    forward(x) {
      const h1 = conv2d(x, w1, { bias: b1, padding: 1 })
      const n1 = batchNormTrain(h1, g1, o1, 1e-5, { activation: 'sigmoid' }).y
      const pooled = tf.avgPool(n1 as tf.Tensor4D, 2, 2, 'valid')
      const h2 = dense(tf.reshape(pooled, [8, 150]), w2, { bias: b2 })
      const n2 = batchNormTrain(h2, g2, o2, 1e-5, { activation: 'tanh' }).y
      return dense(n2, w3, { bias: b3 })
    },
    slots: 1,
    update: (parameter, gradient, [squareAvg]) =>
      updateRmsprop({ parameter, gradient, learningRate: 1e-3, squareAvg: squareAvg! }),
  }
}

const networks: Record<Name, () => Network> = { mlp, cnn, norm }

describe.each(await backendsHere())('training on %s', (backend) => {
  beforeAll(async () => void (await useBackend(backend)))

  it.each(['mlp', 'cnn', 'norm'] as const)("follows PyTorch's losses for 50 steps: %s", (name) => {
    const { losses, tolerance } = fixtures[name]
    const network = networks[name]()
    const slots = network.parameters.map((parameter) =>
      Array.from({ length: network.slots }, () =>
        tf.tidy(() => tf.variable(tf.zerosLike(parameter))),
      ),
    )
    const before = tf.memory().numTensors
    const rows = network.inputShape[0]!
    const ours = losses.map((_, i) =>
      tf.tidy(() => {
        const x = filled(1000 + (i % 4), network.inputShape, 0, 1)
        const labels = tf.tensor1d(
          uniformValues(2000 + (i % 4), rows, 0, 10).map(Math.floor),
          'int32',
        )
        const { value, grads } = tf.variableGrads(
          () => tf.mean(softmaxCrossEntropy(network.forward(x), labels)),
          network.parameters,
        )
        network.parameters.forEach((parameter, p) => {
          network.update(parameter, grads[parameter.name]!, slots[p]!, i + 1)
        })
        return value.dataSync()[0]!
      }),
    )
    expect(tf.memory().numTensors).toBe(before)
    expectAllClose(ours, losses, { rtol: 0, atol: tolerance }, name)
    tf.dispose([network.parameters, slots])
  })
})
