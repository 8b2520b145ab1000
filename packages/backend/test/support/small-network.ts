import { hashKey, uniformValues } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'

const batch = 8
const side = 10
const classes = 4

export interface SmallNetwork {
  /** Trains one step on the batch of that number and gives its loss. */
  step(number: number): Promise<number>
  dispose(): void
}

/** A seeded MLP or CNN with SGD and momentum, of stock operations alone: the same on every backend. */
export function smallNetwork(kind: 'mlp' | 'cnn', seed = 7): SmallNetwork {
  const shapes =
    kind === 'mlp'
      ? [[side * side, 24], [24], [24, classes], [classes]]
      : [[3, 3, 1, 6], [6], [3, 3, 6, 8], [8], [side * side * 2, classes], [classes]]
  const weights = shapes.map((shape, i) =>
    tf.variable(keyed([seed, 'weight', i], shape, -0.3, 0.3), true),
  )
  const velocities = shapes.map((shape) => tf.variable(tf.zeros(shape), false))

  const step = async (number: number) => {
    const loss = tf.tidy(() => {
      const x = keyed([seed, 'x', number], [batch, side, side, 1], 0, 1) as tf.Tensor4D
      const labels = Array.from({ length: batch }, (_, i) => (i + number) % classes)
      const y = tf.oneHot(tf.tensor1d(labels, 'int32'), classes)
      const forward = () => {
        const logits = kind === 'mlp' ? mlp(x, weights) : cnn(x, weights)
        const losses = tf.sum(tf.mul(tf.logSoftmax(logits), y), -1)
        return tf.neg<tf.Scalar>(tf.mean(losses))
      }
      const { value, grads } = tf.variableGrads(forward, weights)
      weights.forEach((weight, i) => {
        const velocity = velocities[i]!
        velocity.assign(tf.add(tf.mul(velocity, 0.9), grads[weight.name]!))
        weight.assign(tf.sub(weight, tf.mul(velocity, 0.05)))
      })
      return value
    })
    const [value] = await loss.data()
    loss.dispose()
    return value!
  }
  return { step, dispose: () => tf.dispose([...weights, ...velocities]) }
}

function keyed(key: (string | number)[], shape: number[], low: number, high: number): tf.Tensor {
  return tf.tensor(uniformValues(hashKey(...key), tf.util.sizeFromShape(shape), low, high), shape)
}

function mlp(x: tf.Tensor4D, [w1, b1, w2, b2]: tf.Tensor[]): tf.Tensor2D {
  const hidden = tf.relu(tf.add(tf.matMul(tf.reshape(x, [batch, side * side]), w1!), b1!))
  return tf.add(tf.matMul(hidden, w2!), b2!)
}

function cnn(x: tf.Tensor4D, [w1, b1, w2, b2, w3, b3]: tf.Tensor[]): tf.Tensor2D {
  const first = tf.relu(tf.add(tf.conv2d(x, w1 as tf.Tensor4D, 1, 'same'), b1!))
  const second = tf.relu(tf.add(tf.conv2d(first as tf.Tensor4D, w2 as tf.Tensor4D, 1, 'same'), b2!))
  const pooled = tf.maxPool(second as tf.Tensor4D, 2, 2, 'valid')
  return tf.add(tf.matMul(tf.reshape(pooled, [batch, side * side * 2]), w3!), b3!)
}
