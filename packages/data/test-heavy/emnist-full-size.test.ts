import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keyedRandom } from '@ductus/data'

const run = promisify(execFile)
const tsx = ['--import', 'tsx', '-C', '@ductus/source']
const child = fileURLToPath(new URL('./prepare-child.ts', import.meta.url))
const load = fileURLToPath(new URL('./load-child.ts', import.meta.url))
const counts = { train: 697_932, test: 116_323 }
let root = ''
let folder = ''

interface Report {
  seconds: number
  sizes: number[]
  before: number
  peakMiB: number
}

/** A stand-in for byclass: its numbers of images and classes, random pixels, a fifth of them ink. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ductus-full-size-'))
  folder = join(root, 'files')
  await mkdir(folder)
  const random = keyedRandom('full size')
  const pool = Buffer.from(
    Uint8Array.from({ length: 784 * 997 }, () => (random() < 0.2 ? random() * 256 : 0)),
  )
  for (const [part, count] of Object.entries(counts)) {
    const head = Buffer.alloc(16)
    ;[0x00000803, count, 28, 28].forEach((word, i) => head.writeUInt32BE(word, i * 4))
    const images = function* (): Generator<Buffer> {
      yield head
      for (let left = count; left > 0; left -= 997) {
        yield left >= 997 ? pool : pool.subarray(0, left * 784)
      }
    }
    const labels = Buffer.alloc(8 + count)
    labels.writeUInt32BE(0x00000801, 0)
    labels.writeUInt32BE(count, 4)
    // Uneven, as the real ones: low labels are the more frequent.
    for (let i = 0; i < count; i++) labels[8 + i] = Math.floor(62 * random() ** 2)
    const write = (name: string, from: Iterable<Buffer>): Promise<void> =>
      pipeline(
        Readable.from(from),
        createGzip({ level: 1 }),
        createWriteStream(join(folder, `emnist-byclass-${part}-${name}-ubyte.gz`)),
      )
    await write('images-idx3', images())
    await write('labels-idx1', [labels])
  }
})

afterAll(() => rm(root, { recursive: true, force: true }))

async function prepare(balance: 'balanced' | 'all'): Promise<Report> {
  const args = [...tsx, child, root, folder, balance]
  const { stdout } = await run(process.execPath, args)
  return JSON.parse(stdout) as Report
}

it.each([
  ['all', 814_255],
  ['balanced', 0],
] as const)('prepares byclass in less than 1.5 GB: %s', async (balance, total) => {
  const made = await prepare(balance)
  const loaded = await prepare(balance)
  const cache = join(root, 'processed', 'emnist')
  const name = (await readdir(cache)).find((one) => one.startsWith(`byclass-${balance}`)) ?? ''
  const path = join(cache, name)
  const sizeMiB = (await stat(path)).size / 2 ** 20
  const loads: { seconds: number; cpuSeconds: number }[] = []
  for (let i = 0; i < 5; i++) {
    const { stdout } = await run(process.execPath, [...tsx, load, path])
    loads.push(JSON.parse(stdout) as { seconds: number; cpuSeconds: number })
  }
  const seconds = Math.min(...loads.map((one) => one.seconds))
  const cpuSeconds = Math.min(...loads.map((one) => one.cpuSeconds))
  process.stderr.write(
    `byclass ${balance}: ${made.sizes.join(' / ')} images; prepared in ${made.seconds.toFixed(1)} s with at most ` +
      `${made.peakMiB.toFixed(0)} MiB; cache ${sizeMiB.toFixed(0)} MiB, loaded in ` +
      `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of processor time); from start to loaders ${loaded.seconds.toFixed(2)} s with ` +
      `${loaded.peakMiB.toFixed(0)} MiB (the process alone: ${loaded.before.toFixed(0)} MiB)\n`,
  )
  if (total > 0) expect(made.sizes.reduce((sum, size) => sum + size, 0)).toBe(total)
  expect(made.peakMiB).toBeLessThan(1500)
  expect(loaded.peakMiB - loaded.before).toBeLessThan(sizeMiB * 1.1 + 100)
})
