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
  'sums and means of some axes': (a, b) => {
    const x = tf.mul(tf.reshape(a, [2, 3, 2]), tf.reshape(b, [2, 3, 2]))
    const parts = [tf.sum(x, 1), tf.mean(x, 0), tf.sum(x, [0, 2]), tf.mean(x, [0, 1], true)]
    return tf.addN(parts.map(weighted))
  },
  'means of axes that shapes do not tell': (a, b) => {
    const x = tf.slice(tf.mul<tf.Tensor>(a, b), [0, 0], [3, 3])
    return tf.add(weighted(tf.mean(x, 0)), weighted(tf.sum(x, 1)))
  },
  'a residual sum and what follows it': (a, b) => {
    const bias = tf.tidy(() => filled(3, [3]))
    const h = dense(a, filled(4, [3, 3]), { bias: bias })
    const normal = batchNormTrain(h, tf.ones([3]), bias, 1e-5).y
    return tf.mean(
      tf.relu(
        tf.add(
          tf.sub(
            normal,
            tf.pad(b as never, [
              [0, 0],
              [0, 0],
            ]),
          ),
          a,
        ),
      ),
    )
  },
  'parts put together': (a, b) => {
    const all = tf.concat([a, tf.mul(a, b), b], 0)
    return tf.mean(tf.mul(all, all))
  },
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

  // Not TensorFlow's: it loses what flows through a result that an op saved.
  it.each<[string, Loss]>([
    [
      'of its argument',
      (a, b) => {
        const before = tf.square(a)
        const slope = tf.grad((x) => weighted(tf.mul(tf.sigmoid(tf.mul(x, b)), before)))
        return weighted(tf.square(slope(tf.square(a))))
      },
    ],
    [
      'of what came before it',
      (a, b) => {
        const cube = tf.mul(tf.square(a), a)
        return weighted(tf.square(tf.grad(() => weighted(tf.mul(tf.tanh(cube), b)))(a)))
      },
    ],
  ])('gives the gradients of a gradient within the loss, %s', (_, loss) => {
    const variables = make()
    const before = tf.memory().numTensors
    const { value, grads } = variableGrads(() => loss(...variables), variables)
    const at = (variable: tf.Variable, values: Float32Array) => {
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)))
      const { value, grads } = variableGrads(() => loss(...variables), variables)
      const [number] = value.dataSync() as Float32Array
      tf.dispose([value, grads] as never)
      return number!
    }
    for (const variable of variables) {
      const values = variable.dataSync().slice() as Float32Array
      const gradient = grads[variable.name]!.dataSync()
      const scale = Math.max(...gradient.map(Math.abs))
      const step = 1e-2
      for (let i = 0; i < values.length; i++) {
        const slope =
          (at(variable, values.with(i, values[i]! + step)) -
            at(variable, values.with(i, values[i]! - step))) /
          (2 * step)
        expect(Math.abs(slope - gradient[i]!)).toBeLessThan(0.02 * scale)
      }
      at(variable, values)
    }
    tf.dispose([value, grads] as never)
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

  it('keeps nothing of a residual block for its shape alone', () => {
    const [a, b] = [1, 2].map((seed) => tf.tidy(() => tf.variable(filled(seed, [4, 3])))) as [
      tf.Variable,
      tf.Variable,
    ]
    const base = tf.memory().numBytes
    const seen: number[] = []
    const look = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy) => {
        seen.push((tf.memory().numBytes - base) / (12 * 4))
        return tf.clone(dy)
      },
    }))
    const block = () => {
      const branch = batchNormTrain(look(tf.mul(a, b)), tf.ones([3]), tf.zeros([3]), 1e-5).y
      return tf.mean<tf.Scalar>(look(tf.relu(tf.add(look(branch), a))))
    }
    const peak = (which: typeof variableGrads) => {
      seen.length = 0
      tf.dispose(which(block, [a, b]))
      return Math.max(...seen)
    }
    expect(peak(variableGrads)).toBeLessThanOrEqual(peak(tf.variableGrads as never) - 2)
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
