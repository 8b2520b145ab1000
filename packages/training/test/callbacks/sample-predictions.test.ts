import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  Classifier,
  LineRecognizer,
  SamplePredictions,
  Trainer,
  type Logger,
} from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { inflateSync } from 'node:zlib'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyCtcModel, toyLines } from '../support/toy-lines.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

interface Row {
  epoch: number
  step: number
  samples: { index: number; label: number; prediction: number; score: number }[]
}

const text = (runDir: string): string =>
  readFileSync(join(runDir, 'sample-predictions', 'index.jsonl'), 'utf8')

/** Fits two epochs; stops after so many validation batches, and goes on. */
async function fit(samples: number, stop = Infinity, loggers: Logger[] = []) {
  const rootDir = temporaryFolder()
  let seen = 0
  for (;;) {
    const trainer: Trainer = new Trainer({
      maxEpochs: 2,
      rootDir,
      loggers,
      callbacks: [
        new SamplePredictions({ samples }),
        { onValidationBatchEnd: () => (++seen === stop ? trainer.interrupt() : undefined) },
      ],
    })
    const module = new Classifier(toyModel(), { lr: 0.01 })
    const { status, runDir } = await trainer.fit(module, toyData(), { resume: 'last' })
    if (status !== 'interrupted') return { trainer, module, runDir: runDir! }
  }
}

describe('SamplePredictions', () => {
  it('writes what the model makes of the same samples in each epoch', async () => {
    const { runDir, trainer, module } = await fit(25)
    const [header, ...lines] = text(runDir).trim().split('\n')
    expect(JSON.parse(header!)).toEqual({
      format: 'ductus-sample-predictions',
      version: 2,
      classes: ['left', 'middle', 'right'],
      scores: 'probability',
    })
    const rows = lines.map((line) => JSON.parse(line) as Row)
    expect(rows.map(({ epoch, step }) => [epoch, step])).toEqual([
      [0, 6],
      [1, 12],
    ])
    // The weights are still those of the last validation; the toy's test data are its validation data.
    const { values } = await trainer.predict(module, toyData())
    rows[1]!.samples.forEach(({ index, label, prediction, score }, i) => {
      const scores = Array.from(values.subarray(i * 3, i * 3 + 3))
      expect([index, label]).toEqual([i, i % 3])
      expect(prediction).toBe(scores.indexOf(Math.max(...scores)))
      expect(score).toBeCloseTo(Math.max(...scores), 6)
    })
    expect(rows[1]!.samples).toHaveLength(25)
  })

  it('keeps their images as PNG, dark to light', async () => {
    const { runDir } = await fit(2)
    const folder = join(runDir, 'sample-predictions')
    expect(readdirSync(folder).sort()).toEqual(['0.png', '1.png', 'index.jsonl'])
    const png = readFileSync(join(folder, '0.png'))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3, 4])
    const data = png.indexOf('IDAT')
    const rows = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)))
    const pixels = [...rows].filter((_, at) => at % 4 !== 0)
    let x: Float32Array | undefined
    for await (const batch of toyData().valDataLoader().batches(0)) x ??= batch.x.slice(0, 12)
    const [low, high] = [Math.min(...x!), Math.max(...x!)]
    expect(pixels).toEqual(
      Array.from(x!, (value) => Math.round((255 * (value - low)) / (high - low))),
    )
  })

  it('shows them in loggers that take text and images, the images once', async () => {
    const tags: string[] = []
    await fit(2, Infinity, [
      {
        name: 'shown',
        log: () => {},
        text: (tag, table) => void tags.push(`${tag} ${table.split('\n').length}`),
        image: (tag) => void tags.push(tag),
      },
    ])
    expect(tags).toEqual([
      ...['validation/samples/0', 'validation/samples/1'],
      ...['validation/samples 4', 'validation/samples 4'],
    ])
  })

  it('goes on where the run does, also inside a validation', async () => {
    const whole = text((await fit(25)).runDir)
    for (const stop of [1, 2, 5]) expect(text((await fit(25, stop)).runDir)).toBe(whole)
  })

  it('writes nothing without a run folder, and refuses none', async () => {
    const samples = new SamplePredictions({ samples: 3 })
    const trainer = new Trainer({ rootDir: false, callbacks: [samples] })
    await trainer.fit(new Classifier(toyModel()), toyData())
    expect(samples.latest.map(({ label }) => label)).toEqual([0, 1, 2])
    expect(existsSync('sample-predictions')).toBe(false)
    expect(() => new SamplePredictions({ samples: 0 })).toThrow('expected samples')
  })
})

describe('SamplePredictions of lines', () => {
  it('writes what was read, not the steps that spell it', async () => {
    const samples = new SamplePredictions({ samples: 3 })
    const texts: string[] = []
    const logger: Logger = {
      name: 'texts',
      log: () => {},
      text: (_tag, table) => void texts.push(table),
    }
    const trainer = new Trainer({
      maxEpochs: 1,
      rootDir: temporaryFolder(),
      loggers: [logger],
      callbacks: [samples],
    })
    const data = toyLines({ lines: 8 })
    const module = new LineRecognizer(toyCtcModel(), { loss: 'ctc' })
    await trainer.fit(module, data)
    const readings = module.readings(await trainer.predict(module, data))
    const letters = (indices: number | readonly number[]): string =>
      (indices as number[]).map((index) => data.config().mapping[index]).join('')
    expect(samples.latest.map(({ prediction }) => letters(prediction))).toEqual(
      readings.slice(0, 3).map(({ text }) => text),
    )
    for (const { label } of samples.latest) expect(letters(label)).toMatch(/^[abc][abc ]*[abc]$/)
    expect(texts[0]).toContain(`| 0 | ${letters(samples.latest[0]!.label)} |`)
  })
})
