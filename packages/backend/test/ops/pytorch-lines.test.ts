import { readFileSync } from 'node:fs'
import {
  type BackendName,
  conv2d,
  ctcLoss,
  dense,
  uniformValues,
  updateAdam,
  useBackend,
  variableGrads,
} from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { expectAllClose } from '../support/all-close.js'
import { backendsHere } from '../support/backends.js'
import { filled } from '../support/values.js'

/** `lines` of tools/make-fixtures.py: PyTorch in double precision. */
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/lines.json', import.meta.url), 'utf8'),
) as { labels: number[][]; losses: number[]; tolerance: number; biasGradients: number[][] }

const shapes = [
  [3, 3, 1, 16],
  [3, 3, 16, 16],
  [3, 3, 16, 16],
  [8, 8, 16, 24],
  [24, 5],
]

/** `[4, 8, 64, 1]`: a glyph of 10 pixels per 16 for each label, nothing between them and behind the last. */
function images(): tf.Tensor {
  const values = new Float32Array(4 * 8 * 64)
  fixture.labels.forEach((labels, n) => {
    labels.forEach((label, i) => {
      uniformValues(1100 + label, 80, 0, 1).forEach((value, pixel) => {
        values[(n * 8 + Math.floor(pixel / 10)) * 64 + 16 * i + 2 + (pixel % 10)] = value
      })
    })
  })
  return tf.tensor(values, [4, 8, 64, 1])
}

function parametersAtFirst(): tf.Variable[] {
  return shapes.flatMap((shape, i) => {
    const outputs = shape.at(-1)!
    const bound = Math.sqrt(6 / (tf.util.sizeFromShape(shape) / outputs))
    return tf.tidy(() => [
      tf.variable(filled(1200 + i, shape, -bound, bound)),
      tf.variable(tf.zeros([outputs])),
    ])
  })
}

function logitsOf(x: tf.Tensor, p: readonly tf.Variable[]): tf.Tensor {
  let h = x
  for (const i of [0, 2, 4]) {
    h = conv2d(h, p[i]!, { bias: p[i + 1]!, padding: 1, activation: 'relu' })
  }
  h = conv2d(h, p[6]!, { bias: p[7]!, strides: 8, activation: 'relu' })
  return dense(tf.reshape(h, [4, 8, 24]), p[8]!, { bias: p[9]! })
}

/** Losses of ten steps of Adam, and the first step's gradients. */
function train(): { losses: number[]; first: Float32Array[] } {
  const parameters = parametersAtFirst()
  const zeros = (): tf.Variable[] =>
    parameters.map((parameter) => tf.tidy(() => tf.variable(tf.zerosLike(parameter))))
  const [expAvg, expAvgSq] = [zeros(), zeros()]
  let first: Float32Array[] = []
  const losses = fixture.losses.map((_, i) =>
    tf.tidy(() => {
      const labels = fixture.labels.map((row) => [...row, -1, -1, -1, -1].slice(0, 4))
      const { value, grads } = variableGrads(
        () =>
          tf.mean(ctcLoss(logitsOf(images(), parameters), tf.tensor2d(labels, [4, 4], 'int32'))),
        parameters,
      )
      const gradients = parameters.map(({ name }) => grads[name]!)
      if (i === 0) first = gradients.map((g) => Float32Array.from(g.dataSync<'float32'>()))
      parameters.forEach((parameter, p) => {
        updateAdam({
          parameter,
          gradient: gradients[p]!,
          learningRate: 1e-3,
          expAvg: expAvg[p]!,
          expAvgSq: expAvgSq[p]!,
          step: i + 1,
        })
      })
      return value.dataSync()[0]!
    }),
  )
  tf.dispose([parameters, expAvg, expAvgSq])
  return { losses, first }
}

// Winograd's method leaves rounding errors in filter gradients that are exactly 0 (by 1e-8 of the largest), and Adam's
// first steps divide a gradient by its own size.
const tolerances: Partial<Record<BackendName, number>> = { native: 2e-4 }

// `cpu` takes a minute for it.
describe.each(await backendsHere(['wasm', 'native']))(
  'lines with blank stretches on %s',
  (backend) => {
    beforeAll(async () => void (await useBackend(backend)))

    it("follow PyTorch's losses in double precision for ten steps of Adam by CTC", () => {
      const { losses, first } = train()
      first
        .filter((_, i) => i % 2 === 1)
        .forEach((gradient, i) => {
          const largest = Math.max(...fixture.biasGradients[i]!.map(Math.abs))
          const tolerance = { rtol: 0, atol: 1e-5 * largest }
          expectAllClose(gradient, fixture.biasGradients[i]!, tolerance, `bias of layer ${i + 1}`)
        })
      expectAllClose(losses, fixture.losses, {
        rtol: 0,
        atol: tolerances[backend] ?? fixture.tolerance,
      })
    })
  },
)
