// Measures the memory and the processor time of a training step of LineCNNSimple, one thread, native engine.
//
// usage: npx tsx -C @ductus/source tools/zoo/windows-memory.ts LINES CHARACTERS WINDOWS_AT_ONCE [STEPS]
// Prints a line of JSON: the process' peak memory, the fastest step, the loss, and the gradients' digest.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  namedWeights,
  softmaxCrossEntropy,
  uniformValues,
  useBackend,
  variableGrads,
} from '@ductus/backend'
import { LineCNNSimple } from '@ductus/models'
import * as tf from '@tensorflow/tfjs-core'

const [lines, characters, windowsAtOnce, steps = 2] = process.argv.slice(2).map(Number)
if (!lines || !characters || !windowsAtOnce) throw new Error('usage: LINES CHARACTERS AT_ONCE')
await useBackend('native', { threads: 1 })
const shape = [28, 28 * characters, 1]
const mapping = Array.from({ length: 83 }, (_, i) => String(i))
const model = LineCNNSimple(
  { inputDims: shape, outputDims: [characters], mapping },
  { windowsAtOnce },
)
const x = tf.tensor(uniformValues(1, lines * 28 * 28 * characters, 0, 1), [lines, ...shape])
const labels = tf.tensor1d(
  Int32Array.from({ length: lines * characters }, (_, i) => (i * 7) % 83),
  'int32',
)
const variables = namedWeights(model).map(({ variable }) => variable)
const results = []
for (let step = 0; step < steps; step++) results.push(train(step))
const { loss, gradients } = results.at(-1)!
const peakMiB = peakMemory()
const digest = createHash('sha256')
for (const each of gradients) digest.update(each)
console.log(
  JSON.stringify({
    windows: lines * characters,
    windowsAtOnce,
    peakMiB,
    secondsOfStep: Math.min(...results.map(({ seconds }) => seconds)),
    loss,
    gradients: digest.digest('hex').slice(0, 12),
  }),
)

function train(step: number) {
  const start = process.cpuUsage()
  const { value, grads } = variableGrads(() => {
    const logits = model.apply(x, { training: true, step }) as tf.Tensor
    const rows = tf.reshape<tf.Rank.R2>(logits, [lines! * characters!, mapping.length])
    return tf.mean<tf.Scalar>(softmaxCrossEntropy(rows, labels))
  }, variables)
  const loss = value.dataSync()[0]!
  const { user, system } = process.cpuUsage(start)
  const gradients = variables.map(({ name }) => grads[name]!.dataSync().slice())
  tf.dispose([value, grads])
  return { loss, gradients, seconds: (user + system) / 1e6 }
}

function peakMemory(): number {
  const status = readFileSync('/proc/self/status', 'utf8')
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024)
}
