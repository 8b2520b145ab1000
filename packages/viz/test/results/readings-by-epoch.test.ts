import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readingsByEpoch, readRun, renderReport } from '../../src/index.js'
import { makeRun } from '../support/make-run.js'
import { digit } from '../support/mnist.js'

let folder = ''
let place = ''
beforeAll(async () => {
  folder = await makeRun({ epochs: 3, stepsAnEpoch: 4 })
  place = join(folder, 'sample-predictions')
  await mkdir(place)
  for (const i of [0, 1]) {
    const { data } = digit(i)
    const raw = { width: 28, height: 28, channels: 1 } as const
    await sharp(Uint8Array.from(data), { raw })
      .png()
      .toFile(join(place, `${i}.png`))
  }
})
afterAll(() => rm(dirname(dirname(folder)), { recursive: true }))

async function record(classes: string[] | null, rounds: object[]): Promise<void> {
  const head = { format: 'ductus-sample-predictions', version: 2, classes, scores: 'probability' }
  const lines = [head, ...rounds].map((line) => JSON.stringify(line) + '\n')
  await writeFile(join(place, 'index.jsonl'), lines.join(''))
}

const sample = (index: number, label: unknown, prediction: unknown, score = 0.5) => ({
  index,
  label,
  prediction,
  score,
})

describe('readings of the same samples', () => {
  it('are drawn epoch by epoch with their images, right and wrong by more than colour', async () => {
    await record(
      ['cat', 'dog'],
      [
        { epoch: 0, step: 4, samples: [sample(0, 0, 1, 0.9), sample(1, 1, 1, 0.004)] },
        { epoch: 1, step: 8, samples: [sample(0, 0, 0), sample(1, 1, 1)] },
      ],
    )
    await appendFile(join(place, 'index.jsonl'), '{"epoch":2,"st')
    const { sampleReadings, notes } = await readRun(folder)
    expect(notes).toEqual([])
    expect(sampleReadings?.rounds).toHaveLength(2)
    const { svg, description } = readingsByEpoch(sampleReadings!)
    expect(svg.match(/<image /g)).toHaveLength(2)
    // one cross, three ticks
    expect(svg.match(/<path /g)).toHaveLength(4)
    expect(svg).toContain('epoch 2')
    expect(svg).toContain('&lt; 1 %')
    expect(description).toContain('2 of 2 read right at the last validation')
    expect(description).toContain('cat: dog, cat')
  })

  it('are of steps where an epoch has several, and thinned where there are many, which is said', async () => {
    const rounds = Array.from({ length: 30 }, (_u, i) => ({
      epoch: Math.floor(i / 10),
      step: i + 1,
      samples: [sample(0, 0, i % 2)],
    }))
    await record(null, rounds)
    const { svg, description } = readingsByEpoch((await readRun(folder)).sampleReadings!)
    expect(description).toContain('12 of 30 validations shown')
    expect(svg).toContain('>step 1<')
    expect(svg).toContain('>step 30<')
  })

  it('of lines stand as texts without start, end and padding', async () => {
    const classes = ['<B>', '<S>', '<E>', '<P>', 'a', 'b', ' ']
    await record(classes, [
      { epoch: 0, step: 4, samples: [sample(0, [1, 4, 6, 5, 2, 3], [4, 6, 4, 3])] },
      { epoch: 1, step: 8, samples: [sample(0, [1, 4, 6, 5, 2, 3], [])] },
    ])
    const { sampleReadings } = await readRun(folder)
    expect(sampleReadings).toMatchObject({ isLines: true, samples: [{ label: 'a b' }] })
    const { svg } = readingsByEpoch(sampleReadings!)
    expect(svg).toContain('>a a<')
    expect(svg).toContain('>nothing<')
  })

  it('stand in the report', async () => {
    expect(await renderReport(await readRun(folder))).toContain('id="readings"')
  })

  it('go without images that are missing or none, and are left out where damaged, both said', async () => {
    await writeFile(join(place, '1.png'), 'no image')
    await record(null, [
      { epoch: 0, step: 4, samples: [sample(0, 7, 7), sample(1, 1, 1), sample(9, 2, 2)] },
    ])
    const run = await readRun(folder)
    expect(run.notes.join()).toContain('2 of 3 images in sample-predictions could not be read')
    expect(readingsByEpoch(run.sampleReadings!).svg).toContain('no image')
    await writeFile(join(place, 'index.jsonl'), '{"format":"another"}\n')
    const damaged = await readRun(folder)
    expect(damaged.sampleReadings).toBeUndefined()
    expect(damaged.notes.join()).toContain('sample-predictions was left out: it is no list')
  })

  it('are left out where no validation has been recorded', async () => {
    await record(null, [])
    expect((await readRun(folder)).sampleReadings).toBeUndefined()
    expect(() =>
      readingsByEpoch({ samples: [], rounds: [], isLines: false, scores: 'probability' }),
    ).toThrow('Train for an epoch first')
  })
})
