import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { curves, imageGrid, toPng, writeReport } from '../src/index.js'
import { digit, digitLabel, seeded } from '../test/support/mnist.js'
import { makeRun } from '../test/support/make-run.js'
import { reportData } from '../test/support/report-data.js'

/** Takes the best of several: other work on the machine is not what is measured. */
async function bestMs(times: number, work: () => Promise<unknown>): Promise<number> {
  let best = Infinity
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await work()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

describe('speed', () => {
  it('draws a 10 × 10 grid as PNG in under 0.2 s', async () => {
    const samples = Array.from({ length: 100 }, (_u, i) => ({
      image: digit(i),
      label: digitLabel(i),
    }))
    expect(await bestMs(12, () => toPng(imageGrid(samples)))).toBeLessThan(200)
  })

  it('writes the report of a 20-epoch run in under 5 s', async () => {
    const folder = await makeRun({ epochs: 20, stepsAnEpoch: 430 })
    expect(await bestMs(3, () => writeReport(folder, { data: reportData() }))).toBeLessThan(5000)
    await rm(dirname(dirname(folder)), { recursive: true })
  })

  it('draws a curve of 60,000 points in under 2 s', async () => {
    const random = seeded(1)
    const x = Array.from({ length: 60_000 }, (_u, i) => i)
    const y = x.map(() => random())
    expect(
      await bestMs(4, () => curves([{ name: 'train/loss', x, y }], { rollingWindow: 10 })),
    ).toBeLessThan(2000)
  })
})
