// How long pictures take: a grid, a report, a long curve. Processor time tells on a busy machine.
//
// usage: npm run bench:viz
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { curves, imageGrid, toPng, writeReport } from '../src/index.js'
import { makeRun } from '../test/support/make-run.js'
import { digit, digitLabel, seeded } from '../test/support/mnist.js'
import { reportData } from '../test/support/report-data.js'

function median(values: readonly number[]): string {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!.toFixed(0)
}

async function measure(what: string, times: number, work: () => Promise<unknown>): Promise<void> {
  const ms: number[] = []
  const processorMs: number[] = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    ms.push(performance.now() - start)
    processorMs.push((user + system) / 1000)
  }
  const [first] = ms
  console.log(
    `${what}: ${median(ms)} ms, ${median(processorMs)} ms of processor time ` +
      `(medians of ${times}; the first took ${first!.toFixed(0)} ms)`,
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
