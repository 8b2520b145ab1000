// Ductus under measurement: a JSON line on stdin says what to time, one on stdout answers (see run.mjs).
//
// usage: ductus-worker.mjs BACKEND
import { createInterface } from 'node:readline'
import * as tf from '@tensorflow/tfjs-core'
import {
  conv2d,
  namedWeights,
  softmaxCrossEntropy,
  updateAdam,
  updateSgd,
  useBackend,
  variableGrads,
} from '@ductus/backend'
import { buildNet } from './nets.mjs'

const choice = await useBackend(process.argv[2])

/** Makes one step of training: forward, loss, gradients, update; awaits the loss as a training loop does. */
function trainingStep(row) {
  const { batch, optimizer, loss } = row
  const { model, inputShape } = buildNet(row)
  const x = tf.randomUniform([batch, ...inputShape], 0, 1, 'float32', 1)
  const classes = model.outputShape.at(-1)
  const positions = model.outputShape.length === 3 ? model.outputShape[1] : 1
  const labels = tf.tensor1d(
    Int32Array.from({ length: batch * positions }, (_, i) => (i * 7) % 10),
    'int32',
  )
  const targets = tf.tidy(() => tf.sub(tf.mul(tf.oneHot(labels, 10), 2), 1))
  const losses = {
    mse: (out) => tf.mean(tf.square(tf.sub(out, targets))),
    sum: (out) => tf.mean(out),
  }
  const criterion =
    losses[loss] ?? ((out) => tf.mean(softmaxCrossEntropy(tf.reshape(out, [-1, classes]), labels)))
  const weights = namedWeights(model).filter(({ trainable }) => trainable)
  const variables = weights.map(({ variable }) => variable)
  const zeros = () => variables.map((v) => tf.variable(tf.zeros(v.shape), false))
  const slots = optimizer === 'adam' ? { m: zeros(), v: zeros() } : null
  let step = 0
  return async () => {
    step++
    const value = tf.tidy(() => {
      const { value, grads } = variableGrads(
        () => criterion(model.apply(x, { training: true, step, micro: 0 })),
        variables,
      )
      variables.forEach((parameter, i) => {
        const gradient = grads[parameter.name]
        if (slots)
          updateAdam({
            parameter,
            gradient,
            expAvg: slots.m[i],
            expAvgSq: slots.v[i],
            step,
            learningRate: 1e-3,
          })
        else updateSgd({ parameter, gradient, step, learningRate: 1e-3 })
      })
      return value
    })
    await value.data()
    value.dispose()
  }
}

function forward(row) {
  const { model, inputShape } = buildNet(row)
  const x = tf.randomUniform([row.batch, ...inputShape], 0, 1, 'float32', 1)
  return async () => {
    const y = tf.tidy(() => model.apply(x, { training: false }))
    await y.data()
    y.dispose()
  }
}

function convolution({ channels, size, batch }) {
  const x = tf.randomNormal([batch, size, size, channels], 0, 1, 'float32', 1)
  const filter = tf.randomNormal([3, 3, channels, channels], 0, 0.05, 'float32', 2)
  const bias = tf.zeros([channels])
  const dy = tf.randomNormal([batch, size, size, channels], 0, 1, 'float32', 3)
  const gradients = tf.grads((x, filter, bias) => conv2d(x, filter, { bias, padding: 1 }))
  return async () => tf.tidy(() => void gradients([x, filter, bias], dy))
}

function product({ size }) {
  const a = tf.randomNormal([size, size], 0, 1, 'float32', 1)
  const b = tf.randomNormal([size, size], 0, 1, 'float32', 2)
  return async () => tf.tidy(() => void tf.matMul(a, b))
}

const kinds = { train: trainingStep, forward, conv: convolution, gemm: product }
let work
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line)
  let answer = { ok: true }
  try {
    if (message.cmd === 'about') answer = { name: 'Ductus', version: choice.description }
    else if (message.cmd === 'prepare') work = kinds[message.row.kind](message.row)
    else {
      const ms = []
      for (let i = 0; i < message.steps; i++) {
        const started = performance.now()
        await work()
        ms.push(performance.now() - started)
      }
      answer = { ms }
    }
  } catch (error) {
    answer = { error: error.stack }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
