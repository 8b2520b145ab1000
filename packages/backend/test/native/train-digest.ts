import { createHash } from 'node:crypto'
import {
  batchNormTrain,
  conv2d,
  dense,
  dropout,
  hashKey,
  softmaxCrossEntropy,
  uniformValues,
  updateAdam,
  useBackend,
} from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'

export interface TrainOptions {
  steps: number
  threads?: number
  /** Called before each step. */
  onStep?: (step: number) => void
}

/** Trains a small network with every kind of kernel on `native`; gives a digest of all bits of losses and weights. */
export async function trainDigest({ steps, threads, onStep }: TrainOptions): Promise<string> {
  await useBackend('native', threads === undefined ? {} : { threads })
  const shapes = [[3, 3, 1, 20], [20], [20], [20], [3, 3, 20, 33], [33], [1617, 10], [10]]
  const parameters = shapes.map((shape, i) =>
    tf.tidy(() => {
      const length = tf.util.sizeFromShape(shape)
      const bound = shape.length === 1 ? 0.5 : 1 / Math.sqrt(length / shape.at(-1)!)
      return tf.variable(tf.tensor(uniformValues(hashKey('w', i), length, -bound, bound), shape))
    }),
  )
  const slots = parameters.map((p) => [0, 1].map(() => tf.tidy(() => tf.variable(tf.zerosLike(p)))))
  const digest = createHash('sha256')
  for (let step = 1; step <= steps; step++) {
    onStep?.(step)
    const loss = tf.tidy(() => {
      const x = tf.tensor(uniformValues(hashKey('x', step), 8 * 784, 0, 1), [8, 28, 28, 1])
      const y = tf.tensor1d(uniformValues(hashKey('y', step), 8, 0, 10).map(Math.floor), 'int32')
      const { value, grads } = tf.variableGrads(() => forward(parameters, x, y, step), parameters)
      parameters.forEach((parameter, i) => {
        const [expAvg, expAvgSq] = slots[i] as [tf.Variable, tf.Variable]
        const gradient = grads[parameter.name]!
        updateAdam({ parameter, gradient, learningRate: 1e-3, expAvg, expAvgSq, step })
      })
      return value.dataSync() as Float32Array
    })
    digest.update(loss)
  }
  for (const parameter of parameters) digest.update(parameter.dataSync() as Float32Array)
  tf.dispose([parameters, slots])
  return digest.digest('hex')
}

function forward(
  parameters: tf.Variable[],
  x: tf.Tensor,
  labels: tf.Tensor,
  step: number,
): tf.Scalar {
  const [w1, b1, gamma, beta, w2, b2, w3, b3] = parameters as [
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
  ]
  const h1 = conv2d(x, w1, { bias: b1, padding: 1, strides: 2 })
  const n1 = batchNormTrain(h1, gamma, beta, 1e-5, { activation: 'relu' }).y
  const h2 = conv2d(n1, w2, { bias: b2, padding: 1, activation: 'tanh' })
  const pooled = tf.maxPool(h2, 2, 2, 'valid')
  const kept = dropout(pooled, { rate: 0.25, key: hashKey('drop', step) })
  const logits = dense(tf.reshape(kept, [8, 1617]), w3, { bias: b3 })
  return tf.mean(softmaxCrossEntropy(logits, labels))
}
