/**
 * Measures what CTC takes of a training step of LineCNN: 32 lines of 32 places, 896 pixels wide, 111 steps, 83 classes.
 *
 *     npx tsx -C @ductus/source packages/training/bench/ctc-share-bench.ts [threads] [steps]
 *
 * Loss and gradient are timed inside the same process, turn by turn with whole steps (forward, backward, Adam); processor
 * time as well as the clock's, since other work on the machine moves the clock alone.
 */
import {
  ctcLoss,
  hashKey,
  uniformValues,
  updateAdam,
  useBackend,
  variableGrads,
} from '@ductus/backend'
import { LineCNN } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'

const [threads = 1, steps = 3] = process.argv.slice(2).map(Number)
const [lines, maxLength, classes] = [32, 32, 83]
const mapping = Array.from({ length: classes }, (_, i) => String(i))

await useBackend('native', { threads })
const model = LineCNN({ inputDims: [28, 28 * maxLength, 1], outputDims: [maxLength], mapping })
const x = tf.tensor(uniformValues(1, lines * 28 * 28 * maxLength, 0, 1), [
  lines,
  28,
  28 * maxLength,
  1,
])
const labels = tf.tensor2d(
  Int32Array.from({ length: lines * maxLength }, (_, i) => 4 + (hashKey(2, i) % (classes - 4))),
  [lines, maxLength],
)
// Texts of EMNISTLines have 1 to 30 characters.
const labelLengths = Int32Array.from({ length: lines }, (_, i) => 1 + (hashKey(3, i) % 30))
const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
const slots = variables.map((variable) => ({
  expAvg: tf.variable(tf.zerosLike(variable)),
  expAvgSq: tf.variable(tf.zerosLike(variable)),
}))
const logits = model.apply(x) as tf.Tensor

function step(t: number): void {
  tf.tidy(() => {
    const { grads } = variableGrads(
      () =>
        tf.mean(
          ctcLoss(model.apply(x, { training: true, step: t }) as tf.Tensor, labels, {
            labelLengths,
          }),
        ),
      variables,
    )
    variables.forEach((parameter, i) => {
      updateAdam({
        parameter,
        gradient: grads[parameter.name]!,
        ...slots[i]!,
        learningRate: 1e-3,
        step: t,
      })
    })
  })
}

function lossAndGradient(): void {
  tf.tidy(() => {
    tf.grad((scores) => tf.mean(ctcLoss(scores, labels, { labelLengths })))(logits)
  })
}

/** Milliseconds of one call, by the clock and of the processor. */
function timed(work: () => void): [clock: number, processor: number] {
  const [start, before] = [performance.now(), process.cpuUsage()]
  work()
  const { user, system } = process.cpuUsage(before)
  return [performance.now() - start, (user + system) / 1000]
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!
step(1)
lossAndGradient()
const times = Array.from({ length: steps }, (_, i) => {
  const [stepClock, stepProcessor] = timed(() => step(i + 2))
  const [ctcClock, ctcProcessor] = timed(() => {
    for (let repeat = 0; repeat < 10; repeat++) lossAndGradient()
  })
  return { stepClock, stepProcessor, ctcClock: ctcClock / 10, ctcProcessor: ctcProcessor / 10 }
})
const of = (key: keyof (typeof times)[number]): number => median(times.map((each) => each[key]))
const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`
console.log(
  `${threads} thread(s), median of ${steps}: step ${of('stepProcessor').toFixed(0)} ms of processor time ` +
    `(${of('stepClock').toFixed(0)} ms by the clock), CTC with gradient ${of('ctcProcessor').toFixed(1)} ms ` +
    `(${of('ctcClock').toFixed(1)} ms): ${share(of('ctcProcessor'), of('stepProcessor'))} of the processor time`,
)
