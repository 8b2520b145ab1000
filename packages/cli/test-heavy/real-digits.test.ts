import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import { readCheckpoint } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restoreModel } from '../src/checkpoints/restore-model.js'
import { dressed, testDigits } from '../test/image/digit-pictures.js'
import type { Digit, Dress, Rgb } from '../test/image/digit-pictures.js'
import { runCli } from '../test/run-cli.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-heavy-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Read {
  predictions: { label: string }[]
}

/** Colours for ink and paper: dark on light and light on dark in turn. */
const inks: Rgb[] = [
  [0, 0, 0],
  [30, 40, 160],
  [150, 20, 40],
  [255, 255, 255],
  [250, 230, 40],
  [120, 240, 200],
]
const papers: Rgb[] = [
  [255, 255, 255],
  [250, 245, 220],
  [230, 250, 235],
  [0, 0, 0],
  [60, 10, 90],
  [10, 40, 60],
]

function dress(i: number): Dress {
  const k = i % inks.length
  return { side: 84 + ((i * 37) % 300), ink: inks[k]!, paper: papers[k]!, margin: (i * 7) % 60 }
}

/** What the network makes of the data set's own pixels, without any preparation of ours. */
async function readRaw(path: string, digits: readonly Digit[]): Promise<number[]> {
  await useBackend('auto')
  const model = await restoreModel(await readCheckpoint(path))
  const x = Float32Array.from(
    digits.flatMap(({ pixels }) => [...pixels]),
    (pixel) => (pixel / 255 - 0.1307) / 0.3081,
  )
  const logits = model.predict(tf.tensor(x, [digits.length, 28, 28, 1])) as tf.Tensor
  return Array.from(await tf.argMax(logits, 1).data())
}

describe('the main job on real digits', () => {
  it('two epochs of the MLP reach 0.96 on the test set, and its predictions survive enlarging, inverting and colour', async () => {
    const line = 'fit --model MLP --data MNIST --max-epochs 2 --json'
    const fit = await runCli(line.split(' '), { cwd: folder })
    expect(fit.code).toBe(0)
    const { metrics, checkpoint } = JSON.parse(fit.stdout) as {
      metrics: Record<string, number>
      checkpoint: string
    }
    expect(metrics['test/acc']).toBeGreaterThanOrEqual(0.96)

    const digits = testDigits(200)
    const files = digits.map((_, i) => join(folder, `${i}.png`))
    for (const [i, digit] of digits.entries()) {
      await writeFile(files[i]!, await dressed(digit, dress(i)))
    }
    const { stdout } = await runCli(['predict', '--json', ...files], { cwd: folder })
    const changed = (JSON.parse(stdout) as Read).predictions.map(({ label }) => label)
    const asTheyAre = await readRaw(checkpoint, digits)
    const known = digits.flatMap(({ label }, i) => (asTheyAre[i] === label ? [i] : []))
    const kept = known.filter((i) => changed[i] === String(digits[i]!.label))
    console.log(
      `test/acc ${metrics['test/acc']}; ${known.length} of 200 right as they are, ${kept.length} of these when dressed up`,
    )
    expect(known.length).toBeGreaterThan(180)
    expect(kept.length / known.length).toBeGreaterThanOrEqual(0.95)
  })

  it('the MLP without dropout memorises two batches in 50 epochs', async () => {
    const line = 'fit --model MLP --overfit-batches 2 --fc-dropout 0 --max-epochs 50 --json'
    const { stdout } = await runCli(line.split(' '), { cwd: folder })
    const { metrics } = JSON.parse(stdout) as { metrics: Record<string, number> }
    console.log(`train/loss ${metrics['train/loss']}`)
    expect(metrics['train/loss']).toBeLessThan(0.01)
  })
})
