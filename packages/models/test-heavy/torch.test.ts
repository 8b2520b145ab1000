import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { useBackend } from '@ductus/backend'
import { exportSafetensors } from '@ductus/models'
import { models } from '@ductus/models/catalog'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { expectClose, waves } from '../test/support.js'

const script = fileURLToPath(new URL('../../../tools/torch/run_safetensors.py', import.meta.url))
const python = ['/usr/bin/python3', 'python3'].find((command) => {
  try {
    execFileSync(command, ['-c', 'import torch'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})
if (!python) console.warn('Skipped: no python3 with torch is installed to open weights in.')

let folder = ''
beforeAll(async () => {
  await useBackend('auto')
  folder = await mkdtemp(join(tmpdir(), 'ductus-torch-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const image = { inputDims: [28, 28, 1], outputDims: [1] }
const line = (width: number, length: number) => ({
  inputDims: [28, width, 1],
  outputDims: [length],
})
const cases = [
  { model: 'MLP', ...image, options: {} },
  { model: 'CNN', ...image, options: {} },
  {
    model: 'CNN',
    ...image,
    options: { numBlocks: 3, residual: true, batchNorm: true, channelGrowth: 2, convDim: 16 },
  },
  { model: 'CNN', ...image, options: { downsample: 'stride', numBlocks: 2, batchNorm: true } },
  { model: 'ResNet', ...image, options: { depth: 14 } },
  { model: 'LeNet5', ...image, options: {} },
  { model: 'LeCun1990', ...image, options: {} },
  { model: 'LeCun1990', ...image, inputDims: [16, 16, 1], options: { paper: true } },
  { model: 'SimpleCNN', ...image, options: {} },
  { model: 'LineCNNSimple', ...line(28 * 6, 6), options: {} },
  { model: 'LineCNN', ...line(28 * 6, 6), options: {} },
]

describe.skipIf(!python)('weights made here run in PyTorch', () => {
  it.each(cases)(
    '$model $options: the same logits',
    async ({ model: name, options, ...config }) => {
      const mapping = [...'0123456789']
      const entry = models.find((entry) => entry.name === name)!
      const model = (await entry.load())({ ...config, mapping }, options, { seed: 7 })
      const shape = [3, ...config.inputDims]
      const x = waves(shape)
      // In training once, so that batch norm's statistics are not those of the start.
      tf.dispose(model.apply(waves(shape, 1), { training: true }) as tf.Tensor)
      const logits = await (model.apply(x) as tf.Tensor).data()
      const [file, input] = [join(folder, 'weights.safetensors'), join(folder, 'input.bin')]
      await writeFile(file, await exportSafetensors(model))
      const nchw = tf.transpose(x, [0, 3, 1, 2])
      await writeFile(input, new Uint8Array((await nchw.data()).buffer))
      const task = { model: name, options, classes: 10, file, input, shape: nchw.shape }
      const answer = execFileSync(python!, [script], { input: JSON.stringify(task) + '\n' })
      const torch = (JSON.parse(answer.toString()) as { logits: number[] }).logits
      expectClose(torch, logits, { atol: 1e-5, rtol: 1e-5 })
      model.dispose()
    },
  )
})
