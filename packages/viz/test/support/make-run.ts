import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seeded } from './mnist.js'

/** Makes a temporary folder with `default/version_0` in the run folder's documented format; gives its path. */
export async function makeRun(options: {
  epochs: number
  stepsAnEpoch: number
  nanAt?: number
}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'ductus-run-'))
  const folder = join(root, 'default', 'version_0')
  await mkdir(folder, { recursive: true })
  await writeFile(
    join(folder, 'hparams.json'),
    sealed({
      format: 'ductus-hparams',
      version: 2,
      model: { name: 'CNN', convDim: 64 },
      data: 'MNIST',
      lr: 0.001,
      maxEpochs: options.epochs,
      callbacks: ['early'],
    }),
  )
  await writeFile(join(folder, 'metrics.csv'), metricsText(options))
  await writeFile(join(folder, 'time.csv'), timeText(options))
  return folder
}

/** Writes JSON whose last field is the hash of every byte before it, as docs/run-format.md says. */
export function sealed(content: object): string {
  const body = JSON.stringify(content, null, 2).slice(0, -2)
  return `${body},\n  "sha256": "${createHash('sha256').update(body).digest('hex')}"\n}\n`
}

export function metricsText(options: {
  epochs: number
  stepsAnEpoch: number
  nanAt?: number
}): string {
  const random = seeded(7)
  const lines = [
    'epoch,step,samples,train/loss_step,train/acc_step,train/loss,train/acc,validation/loss,validation/acc,lr',
  ]
  let step = 0
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    for (let i = 0; i < options.stepsAnEpoch; i++) {
      step++
      const loss =
        step === options.nanAt ? Number.NaN : 2.3 * Math.exp(-step / 300) + 0.2 * random()
      const acc = Math.min(1, 0.1 + 0.9 * (1 - Math.exp(-step / 200)) - 0.05 * random())
      lines.push(`${epoch},${step},${step * 128},${loss},${acc},,,,,${0.001 / (1 + epoch)}`)
    }
    const left = Math.exp((-epoch - 1) / 3)
    lines.push(
      `${epoch},${step},${step * 128},,,${left + 0.1},${1 - left / 2},${left * 0.9 + 0.15},${1 - left / 2.1},`,
    )
  }
  return lines.join('\n') + '\n'
}

function timeText(options: { epochs: number; stepsAnEpoch: number }): string {
  const lines = ['epoch,step,kind,seconds,samplesPerSecond']
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    lines.push(
      `${epoch},${(epoch + 1) * options.stepsAnEpoch},epoch,${(epoch + 1) * 21.5},${3000 + epoch * 10}`,
    )
  }
  return lines.join('\n') + '\n'
}
