import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { emnistFiles, writeFiles } from '../../../data/test/helpers/emnist-files.js'
import { idxImages, idxLabels } from '../../../data/test/helpers/idx-files.js'
import { runHere } from '../run-here.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-one-evaluation-'))
})
afterAll(() => rm(folder, { recursive: true }))

const words = (line: string) => line.split(' ').filter((word) => word !== '')

interface Json {
  runDir: string
  checkpoint: string
  metrics: Record<string, number>
}

async function json(...line: string[]): Promise<Json> {
  const { code, stdout, stderr } = await runHere([...line, '--json'])
  expect([code, stderr.match(/^ductus: .*/gm)]).toEqual([0, null])
  return JSON.parse(stdout) as Json
}

/** What a report says of the loss over the samples it read. */
async function reportedLoss(run: string, samples: number) {
  const out = join(folder, 'report.html')
  await json('report', run, '--samples', String(samples), '--out', out)
  const html = await readFile(out, 'utf8')
  const [, name, value] = /Loss \((\w+)\) over the samples read: (\d[\d.]*\d)/.exec(html) ?? []
  return { html, name, value }
}

const shown = (value: number | undefined) => String(Number(value?.toPrecision(4)))

describe('test, validate and report give the loss of the fit', () => {
  const eight = Array.from({ length: 9 }, () => 1).join(',')
  const fitted = (options: string, name: string) =>
    json(
      ...words('fit --fc1 16 --fc2 16 --max-epochs 1 --limit-train-batches 6 --no-progress'),
      ...words('--limit-val-batches 1 --limit-test-batches 1 --num-sanity-val-steps 0'),
      ...['--root-dir', folder, '--name', name, ...words(options)],
    )

  it.each([
    ['weights', `--class-weights ${eight},50`, 'cross_entropy'],
    ['smoothing', '--label-smoothing .3', 'cross_entropy'],
    ['both', `--class-weights ${eight},50 --label-smoothing .1`, 'cross_entropy'],
    ['mse', '--loss mse', 'mse'],
    ['bce', '--loss bce', 'bce'],
    ['huber', '--loss huber', 'huber'],
  ])('with %s', async (name, options, loss) => {
    const { runDir, checkpoint, metrics } = await fitted(options, name)
    const place = ['--root-dir', folder, '--name', name]
    const tested = await json('test', ...place, '--limit-test-batches', '1')
    const validated = await json('validate', '--checkpoint', runDir, '--limit-val-batches', '1')
    expect(tested.checkpoint).toBe(checkpoint)
    expect(validated.checkpoint).toBe(checkpoint)
    expect(tested.metrics['test/loss']).toBe(metrics['test/loss'])
    expect(tested.metrics['test/acc']).toBe(metrics['test/acc'])
    expect(validated.metrics['validation/loss']).toBe(metrics['validation/loss'])

    const report = await reportedLoss(runDir, 128)
    expect([report.name, report.value]).toEqual([loss, shown(metrics['test/loss'])])
    const plain = loss === 'mse' || loss === 'huber'
    expect(report.html.includes('expected calibration error')).toBe(!plain)
    expect(report.html.includes('and its score')).toBe(plain)
    expect(report.html.includes('scores, not probabilities')).toBe(plain)
    expect(report.html.includes('judges each class by itself')).toBe(loss === 'bce')
  })

  it('and predict writes scores without percent where the loss makes no probabilities', async () => {
    const picture = join(folder, 'one.png')
    const bar = { create: { width: 4, height: 40, channels: 3, background: 'black' } } as const
    await sharp({ create: { width: 60, height: 60, channels: 3, background: 'white' } })
      .composite([{ input: await sharp(bar).png().toBuffer(), left: 28, top: 10 }])
      .png()
      .toFile(picture)
    const predict = (name: string) =>
      runHere(['predict', picture, '--root-dir', folder, '--name', name])
    expect((await predict('mse')).stdout).toMatch(/\((\d -?\d\.\d{3}(, )?){3}\)\n/)
    expect((await predict('bce')).stdout).toMatch(/\((\d \d+\.\d %(, )?){3}\)\n/)
  })

  it('with batches of another size, for which the data need not be named', async () => {
    const place = ['--root-dir', folder, '--name', 'smoothing', '--limit-test-batches', '8']
    const { metrics } = await json('test', ...place, '--test-batch-size', '16')
    const one = await json('test', ...place.slice(0, -1), '1', '--test-batch-size', '128')
    expect(metrics['test/acc']).toBe(one.metrics['test/acc'])
    expect(metrics['test/loss']).toBeCloseTo(one.metrics['test/loss']!, 5)
  })
})

describe('so do those of lines', () => {
  let data: string[] = []
  beforeAll(async () => {
    const files = emnistFiles('balanced')
    for (const [part, count] of [
      ['train', 188],
      ['test', 94],
    ] as const) {
      const name = (kind: string) => `emnist-balanced-${part}-${kind}-ubyte.gz`
      const pixel = (i: number) => ((i * 7) % 47 < 20 ? 255 : 0)
      files[name('images-idx3')] = gzipSync(idxImages(count, { pixel }))
      files[name('labels-idx1')] = gzipSync(idxLabels(count, { label: (i) => i % 47 }))
    }
    const emnist = await writeFiles(join(folder, 'emnist'), files)
    const text = join(folder, 'text.txt')
    await writeFile(text, 'a fox in a box and an ox on a log '.repeat(60))
    const lines = '--data EMNISTLines --split balanced --max-length 8 --num-train 16 --num-val 8'
    data = [
      ...words(lines),
      ...['--num-test', '8', '--batch-size', '8', '--data-dir', join(folder, 'data')],
      ...['--emnist-files', emnist, '--text-file', text],
    ]
  })

  it.each([
    ['ctc', '--model LineCNN --loss ctc --beam-width 2', 'ctc'],
    ['entropy', '--model LineCNNSimple --label-smoothing .3', 'cross_entropy'],
    ['padding', '--model LineCNNSimple --count-padding', 'cross_entropy'],
  ])('%s', async (name, options, loss) => {
    const { runDir, metrics } = await json(
      ...['fit', ...data, ...words(options), ...words('--conv-dim 4 --fc-dim 16 --max-epochs 1')],
      ...['--root-dir', folder, '--name', name, '--no-progress'],
    )
    const where = ['--root-dir', folder, '--name', name, '--data-dir', join(folder, 'data')]
    const tested = await json('test', ...where)
    const validated = await json('validate', ...where)
    expect(tested.metrics).toEqual(
      Object.fromEntries(Object.entries(metrics).filter(([key]) => key.startsWith('test/'))),
    )
    expect(validated.metrics['validation/loss']).toBe(metrics['validation/loss'])
    const out = join(folder, 'lines.html')
    await json('report', runDir, '--data-dir', join(folder, 'data'), '--out', out)
    const html = await readFile(out, 'utf8')
    expect(html).toContain(`Loss (${loss}) over the samples read: ${shown(metrics['test/loss'])}`)
  })
})
