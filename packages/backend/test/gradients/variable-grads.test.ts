import {
  batchNormTrain,
  conv2d,
  dense,
  dropout,
  memoryPool,
  softmaxCrossEntropy,
  useBackend,
  variableGrads,
} from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { backendsHere } from '../support/backends.js'
import { filled, weighted } from '../support/values.js'

type Loss = (...variables: tf.Variable[]) => tf.Scalar

const keep = tf.customGrad((x, save) => {
  ;(save as (t: tf.Tensor[]) => void)([x as tf.Tensor])
  return { value: tf.mul(x as tf.Tensor, 2), gradFunc: (_dy, saved) => [saved[0]!] }
})

const losses: Record<string, Loss> = {
  'a tensor used twice': (a, b) => weighted(tf.add(tf.mul(a, a), tf.sub(a, tf.mul(b, a)))),
  'a sum with itself': (a) => weighted(tf.add(a, a)),
  'a gradient handed on as it is': (a) => weighted(tf.cast(tf.clone(a), 'float32')),
  'the variable as another branch': (a, b) =>
    tf.add(weighted(a), weighted(tf.mul(tf.relu(tf.reshape(a, [12])), tf.reshape(b, [12])))),
  'several results, some unused': (a) => {
    const [first, , third] = tf.split(a, 3, 1)
    return tf.add(weighted(first!), weighted(tf.mul(third!, third!)))
  },
  'branches that meet again': (a, b) => {
    const h = tf.tanh(tf.matMul(a as never, tf.transpose(b) as never))
    return weighted(tf.add(tf.add(h, tf.relu(h)), tf.sigmoid(h)))
  },
  'a variable that has no part in it': (a) => tf.mean(tf.square(a)),
}

describe.each(await backendsHere())('variableGrads on %s', (backend) => {
  beforeAll(async () => void (await useBackend(backend)))

  const make = () => [
    tf.tidy(() => tf.variable(filled(1, [4, 3]))),
    tf.tidy(() => tf.variable(filled(2, [4, 3]))),
  ]

  it.each(Object.keys(losses))("gives TensorFlow's gradients: %s", (name) => {
    const variables = make()
    const before = tf.memory().numTensors
    const loss = () => losses[name]!(...variables)
    const ours = variableGrads(loss, variables)
    const theirs = tf.variableGrads(loss, variables)
    expect(ours.value.dataSync()).toEqual(theirs.value.dataSync())
    for (const variable of variables) {
      const [a, b] = [ours.grads[variable.name], theirs.grads[variable.name]]
      expect(a && [...a.dataSync()]).toEqual(b ? [...b.dataSync()] : undefined)
    }
    tf.dispose([ours, theirs] as never)
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose(variables)
  })

  it('takes a gradient that is a saved tensor', () => {
    const [a] = make() as [tf.Variable]
    tf.tidy(() => {
      const { grads } = variableGrads(() => weighted(keep(a)), [a])
      expect(grads[a.name]!.dataSync()).toEqual(a.dataSync())
    })
    a.dispose()
  })

  it('leaves tensors alone that a gradient function took from outside', () => {
    const [a] = make() as [tf.Variable]
    const outside = tf.tidy(() => tf.fill([4, 3], 7))
    const custom = tf.customGrad((x) => ({
      value: tf.mul(x as tf.Tensor, 1),
      gradFunc: () => [outside],
    }))
    for (let i = 0; i < 2; i++) {
      tf.tidy(() => {
        const { grads } = variableGrads(() => tf.sum(custom(tf.mul(a, 3))), [a])
        expect([...grads[a.name]!.dataSync()]).toEqual(new Array(12).fill(21))
      })
    }
    expect([...outside.dataSync()]).toEqual(new Array(12).fill(7))
    tf.dispose([a, outside])
  })

  it('leaves out what is not trainable, and complains as TensorFlow does', () => {
    const [a, b] = make() as [tf.Variable, tf.Variable]
    b.trainable = false
    const { value, grads } = variableGrads(() => weighted(tf.mul(a, b)), [a, b])
    expect(Object.keys(grads)).toEqual([a.name])
    tf.dispose([value, grads] as never)
    const before = tf.memory().numTensors
    expect(() => variableGrads(() => weighted(a), [b])).toThrow('trainable')
    expect(() => variableGrads(() => tf.scalar(1), [a])).toThrow('connection')
    expect(() => variableGrads(() => tf.mul<tf.Scalar>(a, 2), [a])).toThrow('scalar')
    expect(() =>
      variableGrads(() => {
        tf.mul(a, 2)
        throw new Error('midway')
      }, [a]),
    ).toThrow('midway')
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose([a, b])
  })

  it('differentiates a network as TensorFlow does, in less memory', () => {
    const shapes = [[3, 3, 1, 8], [8], [3, 3, 8, 8], [8], [8], [8], [392, 10], [10]]
    const variables = shapes.map((shape, i) =>
      tf.tidy(() => tf.variable(filled(i, shape, -0.3, 0.3))),
    )
    const [w1, b1, w2, b2, gamma, beta, w3, b3] = variables as [
      tf.Variable,
      tf.Variable,
      tf.Variable,
      tf.Variable,
      tf.Variable,
      tf.Variable,
      tf.Variable,
      tf.Variable,
    ]
    const loss = () => {
      const x = filled(50, [4, 14, 14, 1])
      const labels = tf.tensor1d([1, 2, 3, 4], 'int32')
      const h1 = conv2d(x, w1, { bias: b1, padding: 1, activation: 'relu' })
      const h2 = conv2d(h1, w2, { bias: b2, padding: 1 })
      const n = batchNormTrain(tf.add(h2, h1), gamma, beta, 1e-5, { activation: 'tanh' }).y
      const pooled = tf.maxPool(n as tf.Tensor4D, 2, 2, 'valid')
      const kept = dropout(pooled, { rate: 0.2, key: 1 })
      return tf.mean<tf.Scalar>(
        softmaxCrossEntropy(dense(tf.reshape(kept, [4, 392]), w3, { bias: b3 }), labels),
      )
    }
    const run = (which: typeof variableGrads) => {
      memoryPool()?.release()
      const { value, grads } = which(loss, variables)
      const pooledBytes = memoryPool()?.pooledBytes ?? 0
      const values = variables.map(({ name }) => [...grads[name]!.dataSync()])
      tf.dispose([value, grads] as never)
      return { values, pooledBytes }
    }
    const theirs = run(tf.variableGrads as typeof variableGrads)
    const ours = run(variableGrads)
    expect(ours.values).toEqual(theirs.values)
    if (memoryPool()) expect(ours.pooledBytes).toBeLessThan(0.8 * theirs.pooledBytes)
    tf.dispose(variables)
  })
})
