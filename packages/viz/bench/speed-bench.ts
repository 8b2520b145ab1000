// How long pictures take: a grid, a report, a long curve.
//
// usage: npm run bench:viz
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { curves, imageGrid, toPng, writeReport } from '../src/index.js'
import { makeRun } from '../test/support/make-run.js'
import { digit, digitLabel, seeded } from '../test/support/mnist.js'
import { reportData } from '../test/support/report-data.js'

async function measure(what: string, times: number, work: () => Promise<unknown>): Promise<void> {
  const ms: number[] = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await work()
    ms.push(performance.now() - start)
  }
  const [first] = ms
  const median = ms.sort((a, b) => a - b)[times >> 1]
  console.log(
    `${what}: ${median!.toFixed(0)} ms (median of ${times}; the first took ${first!.toFixed(0)} ms)`,
  )
}

const samples = Array.from({ length: 100 }, (_, i) => ({ image: digit(i), label: digitLabel(i) }))
await measure('10 × 10 grid as PNG', 11, () => toPng(imageGrid(samples)))

const folder = await makeRun({ epochs: 20, stepsAnEpoch: 430 })
await measure('report of a 20-epoch run', 3, () => writeReport(folder, { data: reportData() }))
await rm(dirname(dirname(folder)), { recursive: true })

const random = seeded(1)
const x = Array.from({ length: 60_000 }, (_, i) => i)
const y = x.map(() => random())
await measure('curve of 60,000 points', 5, async () =>
  curves([{ name: 'train/loss', x, y }], { rollingWindow: 10 }),
)
