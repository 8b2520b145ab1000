import { readFileSync } from 'node:fs'
import {
  uniformValues,
  updateAdagrad,
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

interface Fixture {
  name: 'sgd' | 'adam' | 'adamw' | 'rmsprop' | 'adagrad'
  options: {
    lr: number
    weight_decay?: number
    momentum?: number
    dampening?: number
    nesterov?: boolean
    betas?: [number, number]
    eps?: number
    amsgrad?: boolean
    alpha?: number
    centered?: boolean
    lr_decay?: number
  }
  values: number[][]
}

const { optimizers } = JSON.parse(
  readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8'),
) as { optimizers: Fixture[] }

/** Makes the update of a fixture, with its slots. */
function updater({ name, options: o }: Fixture, parameter: tf.Variable) {
  const slots: tf.Variable[] = []
  const slot = () => {
    const variable = tf.tidy(() => tf.variable(tf.zerosLike(parameter)))
    slots.push(variable)
    return variable
  }
  const common = { parameter, learningRate: o.lr }
  const epsilon = o.eps === undefined ? {} : { epsilon: o.eps }
  const decay = o.weight_decay ?? (name === 'adamw' ? 0.01 : 0)
  let update: (gradient: tf.Tensor, step: number) => void
  if (name === 'sgd') {
    const momentumBuffer = o.momentum ? slot() : undefined
    const { momentum = 0, dampening = 0, nesterov = false } = o
    update = (gradient, step) =>
      updateSgd({
        ...common,
        gradient,
        weightDecay: decay,
        momentumBuffer,
        momentum,
        dampening,
        nesterov,
        first: step === 1,
      })
  } else if (name === 'rmsprop') {
    const squareAvg = slot()
    const gradAvg = o.centered ? slot() : undefined
    const momentumBuffer = o.momentum ? slot() : undefined
    const { momentum = 0, alpha = 0.99 } = o
    update = (gradient) =>
      updateRmsprop({
        ...common,
        gradient,
        weightDecay: decay,
        squareAvg,
        gradAvg,
        momentumBuffer,
        momentum,
        alpha,
      })
  } else if (name === 'adagrad') {
    const sum = slot()
    const learningRateDecay = o.lr_decay ?? 0
    update = (gradient, step) =>
      updateAdagrad({ ...common, gradient, weightDecay: decay, sum, step, learningRateDecay })
  } else {
    const expAvg = slot()
    const expAvgSq = slot()
    const maxExpAvgSq = o.amsgrad ? slot() : undefined
    const [beta1, beta2] = o.betas ?? [0.9, 0.999]
    update = (gradient, step) =>
      updateAdam({
        ...common,
        ...epsilon,
        gradient,
        weightDecay: decay,
        decoupled: name === 'adamw',
        expAvg,
        expAvgSq,
        maxExpAvgSq,
        beta1,
        beta2,
        step,
      })
  }
  return { update, slots }
}

describe.each(await backendsHere())('optimizer updates on %s', (backend) => {
  beforeAll(async () => void (await useBackend(backend)))

  it.each(optimizers.map((fixture) => ({ fixture, label: JSON.stringify(fixture.options) })))(
    "follow PyTorch's $fixture.name $label",
    ({ fixture }) => {
      const parameter = tf.tidy(() => tf.variable(filled(401, [11])))
      const { update, slots } = updater(fixture, parameter)
      const before = tf.memory().numTensors
      fixture.values.forEach((expected, i) => {
        const gradient = tf.tensor1d(uniformValues(500 + i, 11, -2, 2))
        update(gradient, i + 1)
        gradient.dispose()
        expectAllClose(parameter.dataSync(), expected, { rtol: 0, atol: 1e-6 }, `step ${i + 1}`)
      })
      expect(tf.memory().numTensors).toBe(before)
      tf.dispose([parameter, ...slots])
    },
  )

  it('scale the gradient before all else', () => {
    const run = (gradientScale: number, factor: number) => {
      const parameter = tf.tidy(() => tf.variable(filled(1, [6])))
      const { expAvg, expAvgSq } = tf.tidy(() => ({
        expAvg: tf.variable(tf.zeros([6])),
        expAvgSq: tf.variable(tf.zeros([6])),
      }))
      const gradient = tf.tidy(() => tf.mul(filled(2, [6]), factor))
      const options = { parameter, gradient, learningRate: 0.1, weightDecay: 0.1, gradientScale }
      updateAdam({ ...options, expAvg, expAvgSq, step: 1 })
      updateSgd(options)
      const values = Float32Array.from(parameter.dataSync())
      tf.dispose([parameter, expAvg, expAvgSq, gradient])
      return values
    }
    expectAllClose(run(0.25, 1), run(1, 0.25))
  })

  it('leave alone what others hold: clones, arrays that were read, the initial value', () => {
    const initial = filled(1, [20])
    const start = Float32Array.from(initial.dataSync())
    const parameter = tf.variable(initial)
    const gradient = tf.tidy(() => tf.ones([20]))
    const step = () => updateSgd({ parameter, gradient, learningRate: 1 })
    step()
    const clone = parameter.clone()
    const seen = parameter.dataSync()
    const copy = Float32Array.from(seen)
    step()
    step()
    expect(initial.dataSync()).toEqual(start)
    expect(clone.dataSync()).toEqual(copy)
    expect(seen).toEqual(copy)
    expectAllClose(
      parameter.dataSync(),
      start.map((value) => value - 3),
    )
    tf.dispose([initial, parameter, gradient, clone])
  })

  it('name a slot of another shape', () => {
    const parameter = tf.tidy(() => tf.variable(tf.ones([2, 3])))
    const gradient = tf.tidy(() => tf.ones([3, 2]))
    expect(() => updateSgd({ parameter, gradient, learningRate: 1 })).toThrow(
      'updateSgd: expected gradient [2, 3] as its parameter, received [3, 2]',
    )
    tf.dispose([parameter, gradient])
  })
})
