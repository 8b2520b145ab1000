import {
  dense,
  dropout,
  dropoutMask,
  memoryPool,
  recomputedInParts,
  useBackend,
  variableGrads,
} from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAllClose } from '../support/all-close.js'
import { backendsHere } from '../support/backends.js'
import { filled, weighted } from '../support/values.js'

describe.each(await backendsHere())('recomputedInParts on %s', (backend) => {
  let variables: tf.Variable[] = []
  beforeAll(async () => {
    await useBackend(backend)
    const shapes = [[6], [6, 8], [8, 3], [3]]
    variables = shapes.map((shape, i) => tf.tidy(() => tf.variable(filled(i, shape))))
  })
  afterAll(() => {
    tf.dispose(variables)
  })

  /** Rows of x to rows of 3, dropout between. */
  const compute = (x: tf.Tensor, first: number) => {
    const [, inner, outer, bias] = variables as [tf.Variable, tf.Variable, tf.Variable, tf.Variable]
    const hidden = dropout(tf.relu(dense(x as tf.Tensor2D, inner as tf.Tensor as tf.Tensor2D)), {
      rate: 0.3,
      key: 5,
      first: first * 8,
    })
    return dense(hidden, outer, { bias })
  }
  /** The first variable comes before the parts, so that x has a gradient. */
  const input = (rows = 10) => tf.mul(filled(9, [rows, 6]), variables[0]!)
  const inParts = (size: number) => () =>
    weighted(recomputedInParts(input(), { size, variables: variables.slice(1), compute }))
  const whole = () => weighted(compute(input(), 0))

  const gradients = (which: unknown, loss: () => tf.Scalar) =>
    tf.tidy(() => {
      const { value, grads } = (which as typeof variableGrads)(loss, variables)
      const all = variables.map(({ name }) => grads[name]!.dataSync())
      return { loss: value.dataSync()[0]!, all }
    })

  it.each([
    ['ours', variableGrads],
    ["TensorFlow.js' own", tf.variableGrads],
  ])('gives what the whole gives, and no tensor more, to %s', (_, which) => {
    const expected = gradients(variableGrads, whole)
    const before = tf.memory().numTensors
    for (const size of [1, 4, 5, 10, 99]) {
      const actual = gradients(which, inParts(size))
      expectAllClose([actual.loss], [expected.loss], { rtol: 1e-6 })
      variables.forEach((_, i) => expectAllClose(actual.all[i]!, expected.all[i]!, { rtol: 1e-5 }))
    }
    expect(tf.memory().numTensors).toBe(before)
  })

  it('leaves those alone that are frozen', () => {
    const [frozen, ...rest] = variables.slice(1) as [tf.Variable, ...tf.Variable[]]
    const expected = gradients(variableGrads, whole)
    frozen.trainable = false
    tf.tidy(() => {
      const { grads } = variableGrads(inParts(4), variables)
      expect(grads[frozen.name]).toBeUndefined()
      for (const each of rest) {
        const place = variables.indexOf(each)
        expectAllClose(grads[each.name]!.dataSync(), expected.all[place]!, { rtol: 1e-5 })
      }
    })
    frozen.trainable = true
  })

  it('lets what fails in the second round through, and leaves nothing behind', () => {
    let calls = 0
    const fail = (part: tf.Tensor, first: number) => {
      if (++calls === 5) throw new Error('midway')
      return compute(part, first)
    }
    const run = () =>
      variableGrads(
        () => weighted(recomputedInParts(input(), { size: 3, variables, compute: fail })),
        variables,
      )
    const before = tf.memory().numTensors
    expect(run).toThrow('midway')
    expect(tf.memory().numTensors).toBe(before)
    expectAllClose(
      gradients(variableGrads, inParts(4)).all[1]!,
      gradients(variableGrads, whole).all[1]!,
      { rtol: 1e-5 },
    )
  })

  it('holds no more than a part of what is made on the way', () => {
    if (!memoryPool()) return
    const wide = (x: tf.Tensor) =>
      tf.sum(tf.exp(tf.mul(tf.tile(tf.reshape(x, [-1, 6, 1]), [1, 1, 500]), 0.1)), [1, 2], false)
    const peak = (loss: () => tf.Scalar) => {
      memoryPool()!.release()
      tf.tidy(() => variableGrads(loss, variables))
      return memoryPool()!.pooledBytes
    }
    const rows = 200
    const part = (x: tf.Tensor) => tf.reshape(wide(x), [-1, 1])
    const unbounded = peak(() => weighted(part(input(rows))))
    const bounded = peak(() =>
      weighted(recomputedInParts(input(rows), { size: 10, variables: [], compute: part })),
    )
    expect(bounded).toBeLessThan(unbounded / 8)
  })

  it('draws a part of a mask', () => {
    const options = { rate: 0.4, key: 3 }
    const x = filled(1, [50, 4], 1, 2)
    const parts = [0, 20].map((row, i) =>
      dropout(tf.slice(x, [row, 0], [i ? 30 : 20, 4]), { ...options, first: row * 4 }),
    )
    expect(tf.concat(parts).dataSync()).toEqual(dropout(x, options).dataSync())
    expect(dropoutMask(3, 0.4, 120, 80)).toEqual(dropoutMask(3, 0.4, 200).subarray(80))
  })
})
