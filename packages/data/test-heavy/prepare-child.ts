import { existsSync, readFileSync } from 'node:fs'
import { EMNIST } from '@ductus/data'

// Prepares EMNIST byclass from a folder, in a process of its own, and tells its time and its greatest memory.
const [dataDir = '', emnistFiles = '', balance = ''] = process.argv.slice(2)
const before = peakMiB()
const start = performance.now()
const data = new EMNIST({ emnistFiles, balance: balance === 'balanced' }, { dataDir })
await data.setup('fit')
const seconds = (performance.now() - start) / 1000
const sizes = [data.trainDataLoader(), data.valDataLoader(), data.testDataLoader()].map(
  (loader) => loader.dataset.length,
)
process.stdout.write(JSON.stringify({ seconds, sizes, before, peakMiB: peakMiB() }))

/** Linux counts a process's own peak as VmHWM; `maxRSS` there begins with its parent's. */
function peakMiB(): number {
  const path = '/proc/self/status'
  const kib = existsSync(path)
    ? /VmHWM:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1]
    : process.resourceUsage().maxRSS
  return Number(kib) / 1024
}
