import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { emnistFiles, writeFiles } from '../../data/test/helpers/emnist-files.js'
import { idxImages, idxLabels } from '../../data/test/helpers/idx-files.js'
import { runHere } from '../test/run-here.js'

let folder = ''
let data: string[] = []
const runs = () => ['--root-dir', join(folder, 'runs')]

/** Characters are bars: image i has ink in columns 4 to 20 of the rows that its label's bits name. */
function bars() {
  const label = (i: number) => i % 47
  const pixel = (i: number) => {
    const [row, column] = [Math.floor((i % 784) / 28), i % 28]
    const bit = Math.floor((column - 3) / 4)
    const inBar = row >= 4 && row < 22 && column >= 3 && column < 27
    return inBar && (bit === 0 || (label(Math.floor(i / 784)) >> (bit - 1)) & 1) ? 255 : 0
  }
  const files = emnistFiles('balanced')
  for (const [part, count] of [
    ['train', 188],
    ['test', 94],
  ] as const) {
    const name = (kind: string) => `emnist-balanced-${part}-${kind}-ubyte.gz`
    files[name('images-idx3')] = gzipSync(idxImages(count, { pixel }))
    files[name('labels-idx1')] = gzipSync(idxLabels(count, { label }))
  }
  return files
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-cli-lines-'))
  const emnist = await writeFiles(join(folder, 'emnist'), bars())
  const text = join(folder, 'text.txt')
  await writeFile(text, 'a fox in a box and an ox on a log '.repeat(60))
  const lines = '--data EMNISTLines --split balanced --max-length 8 --num-train 32 --num-val 8'
  data = [
    ...lines.split(' '),
    ...['--num-test', '8', '--batch-size', '8', '--data-dir', join(folder, 'data')],
    ...['--emnist-files', emnist, '--text-file', text],
  ]
})
afterAll(() => rm(folder, { recursive: true }))

const words = (text: string) => text.split(' ').filter((word) => word !== '')
const fit = (text: string) => runHere(['fit', ...data, ...words(text), ...runs(), '--no-progress'])
const small = '--conv-dim 4 --fc-dim 16'

describe('fit with lines', () => {
  it('picks the line reader by the data, and prints the character error rate', async () => {
    const { code, stdout, stderr } = await fit(
      `--model LineCNN --loss ctc ${small} --max-epochs 2 --lr 0.003 --beam-width 2 --name ctc`,
    )
    expect(stderr).not.toContain('pitch')
    expect(code).toBe(0)
    expect(stderr).toMatch(/Epoch 2\/2: .*validation\/cer /)
    expect(stdout).toMatch(/^Test: test\/loss .* test\/cer [\d.]+ test\/acc [\d.]+ \(8 samples\)$/m)
    expect(stderr).toMatch(/waited for data \d+\.\d %/)
  })

  it('warns of cross-entropy where the pitch varies, and not where it is fixed', async () => {
    const simple = `--model LineCNNSimple --loss cross_entropy ${small} --max-steps 1`
    const varying = await fit(simple)
    expect(varying.code).toBe(0)
    expect(varying.stderr).toMatch(/overlaps from 0 to 0\.33.*Use loss "ctc"/s)
    const fixed = await fit(`${simple} --max-overlap 0`)
    expect(fixed.code).toBe(0)
    expect(fixed.stderr).not.toContain('ctc')
  })

  it('counts padding when asked to, and says what always padding would get', async () => {
    const { code, stderr, stdout } = await fit(
      `--model LineCNNSimple ${small} --max-overlap 0 --max-epochs 1 --count-padding --sample-predictions 2 --name padded`,
    )
    expect(code).toBe(0)
    expect(stderr + stdout).toMatch(/says <P> everywhere gets validation\/acc \d+\.\d %/)
    expect(stdout).toMatch(/^Test: .*test\/acc_always_padding 0\.\d+/m)
  })

  it('draws one window of the line through the network, and how the lines were read', async () => {
    const run = join(folder, 'runs', 'padded', 'version_0')
    const data = ['--data-dir', join(folder, 'data')]
    const features = join(folder, 'features.svg')
    expect((await runHere(['viz', 'features', run, ...data, '--out', features])).code).toBe(0)
    const svg = await readFile(features, 'utf8')
    expect(svg).toMatch(/one window of the line, that with the most ink: window \d of 8/)
    expect(svg).toMatch(/conv1: 28 × 28 × 4/)
    const samples = join(folder, 'samples.svg')
    expect((await runHere(['viz', 'samples', run, '--out', samples])).code).toBe(0)
    expect(await readFile(samples, 'utf8')).toContain('epoch 1')
  })

  it.each([
    ['--model LineCNN --loss mse', /--loss: expected cross_entropy or ctc for lines/],
    [
      '--model LineCNN --loss ctc --count-padding',
      /--count-padding: expected --loss cross_entropy/,
    ],
    [
      '--model LineCNN --loss ctc --confusion-matrix',
      /--confusion-matrix: expected data of single/,
    ],
    ['--model LineCNN', /Cross-entropy takes one step a character/],
    ['--model LineCNNSimple --window-stride 14', /limitOutputLength/],
  ])('refuses %s and says what would do', async (line, message) => {
    const { code, stderr } = await fit(`${line} ${small} --max-overlap 0 --max-steps 1`)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(message)
  })

  it.each(['--loss ctc', '--count-padding', '--beam-width 3'])(
    'refuses %s for single images',
    async (flag) => {
      const { code, stderr } = await runHere(`fit --data MNIST --model MLP ${flag}`)
      expect(code).toBe(2)
      expect(stderr).toMatch(/expected data of lines, such as EMNISTLines, received MNIST/)
    },
  )
})

describe('what was trained on lines', () => {
  const run = () => join(folder, 'runs', 'ctc', 'version_0')

  it('is measured as it was trained', async () => {
    for (const command of ['test', 'validate']) {
      const { code, stdout } = await runHere([command, '--checkpoint', run(), '--beam-width', '3'])
      expect(code).toBe(0)
      expect(stdout).toMatch(/\/cer [\d.]+/)
    }
    const padded = await runHere(['test', ...runs(), '--name', 'padded'])
    expect(padded.stdout).toContain('acc_always_padding')
  })

  it('goes on, starts another and has its rate found', async () => {
    const more = await fit(`--model LineCNN --loss ctc ${small} --max-epochs 3 --name ctc --resume`)
    expect(more.code).toBe(0)
    expect(more.stderr).toContain('Epoch 3/3')
    const next = await fit(
      `--model LineCNN --loss ctc ${small} --max-steps 1 --load-checkpoint ${run()}`,
    )
    expect(next.code).toBe(0)
    expect(next.stderr).toContain('Starts from')
    const sweep = await runHere([
      'lr-find',
      ...data,
      ...words(`--model LineCNN --loss ctc ${small} --steps 12`),
    ])
    expect(sweep.code).toBe(0)
    expect(sweep.stdout).toMatch(/rate|falls nowhere/)
  })

  it('is reported and drawn', async () => {
    const page = join(folder, 'report.html')
    const report = await runHere(['report', run(), '--out', page])
    expect(report.stderr).not.toContain('ductus:')
    expect(report.code).toBe(0)
    expect(await readFile(page, 'utf8')).toContain('Lines')
    for (const kind of ['kernels', 'features', 'curves', 'network']) {
      const out = join(folder, `${kind}.svg`)
      const { code, stderr } = await runHere(['viz', kind, run(), '--out', out])
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('ductus:')])
    }
    const confusion = await runHere(['viz', 'confusion', run(), '--out', join(folder, 'c.svg')])
    expect(confusion.stderr).toContain('do not align with their labels (CTC)')
  })

  it('reads pictures of lines and draws them with the text under them', async () => {
    const file = join(folder, 'line.png')
    await sharp({ create: { width: 300, height: 60, channels: 3, background: '#fff8e0' } })
      .composite(
        [10, 100, 190].map((left) => ({
          input: { create: { width: 40, height: 40, channels: 3 as const, background: '#203080' } },
          left,
          top: 8,
        })),
      )
      .png()
      .toFile(file)
    const { code, stdout } = await runHere(['predict', file, '--checkpoint', run(), '--show'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/#|@|%/)
    expect(stdout).toMatch(/line\.png: \S/)
    const json = await runHere(['predict', file, '--checkpoint', run(), '--json'])
    const { predictions } = JSON.parse(json.stdout) as {
      predictions: { text: string; characters: { character: string; confidence: number }[] }[]
    }
    const [prediction] = predictions
    expect(prediction?.characters.map(({ character }) => character).join('')).toBe(prediction?.text)
    const features = await runHere([
      'viz',
      'features',
      run(),
      '--image',
      file,
      '--out',
      join(folder, 'f.svg'),
    ])
    expect(features.code).toBe(0)
  })
})
