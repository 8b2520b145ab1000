/**
 * Lines a second of processor time, and by the clock with workers: ours against the course's way in NumPy, round after
 * round in one run. Both sides draw from the same images and text and make the same two things: pictures as bytes with
 * their targets, in memory that was used before; and those as float32 batches of 32.
 * `npm run bench:lines -- [rounds] [--out FILE.json]`; DUCTUS_BENCH_PYTHON names a Python with NumPy.
 */
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { EMNISTLines, LineWriter, keyedRandom, lineMaterial, obtainFiles } from '@ductus/data'

const count = 2000
/** Epochs of ten times as many lines that loaders are timed over: for less than a second, one core's turn decides. */
const epochs = 5
const batchSize = 32
const { values: flags, positionals } = parseArgs({
  options: { out: { type: 'string' } },
  allowPositionals: true,
})
const rounds = Number(positionals[0] ?? 15)
const python = pythonWithNumpy()
const folder = await mkdtemp(join(tmpdir(), 'ductus-lines-'))
const textFile = join(folder, 'text.txt')
const figures: Record<string, number[]> = {}

await writeMaterial()
const peer = await startPeer()
const writer = await ownWriter()
for (let warmUp = 0; warmUp < 3; warmUp++) writer(-1 - warmUp)
const loaders = await ownLoaders([0, 2])
for (let round = 0; round < rounds; round++) {
  if (peer !== undefined) {
    const { bytes, floats } = await peer.ask()
    note('NumPy, bytes', bytes)
    note('NumPy, float batches', floats)
  }
  note('Ductus, bytes', writer(round))
  for (const { numWorkers, data } of loaders) {
    const name = numWorkers === 0 ? 'no worker' : `${numWorkers} workers`
    const { byClock, byCpu } = await linesASecond(data, round)
    if (numWorkers === 0) note('Ductus, float batches', byCpu)
    note(`Ductus by the clock, float batches, ${name}`, byClock)
  }
}
for (const { data } of loaders) await data.teardown()
peer?.end()
note('seconds to write and keep 10,000 lines', await secondsToKeep())
await rm(folder, { recursive: true, force: true })
print()

/** Images of digits stand in for all 62 classes, transposed as EMNIST's; the text is made of short words. */
async function writeMaterial(): Promise<void> {
  const { paths } = await obtainFiles('mnist')
  const path = (name: string): string => paths.get(`${name}-ubyte.gz`) ?? ''
  for (const [part, name] of [
    ['train', 'train'],
    ['test', 't10k'],
  ]) {
    const images = await readFile(path(`${name}-images-idx3`))
    const labels = await readFile(path(`${name}-labels-idx1`))
    for (let i = 8; i < labels.length; i++) labels[i] = i % 62
    await writeFile(join(folder, `emnist-byclass-${part}-images-idx3-ubyte`), images)
    await writeFile(join(folder, `emnist-byclass-${part}-labels-idx1-ubyte`), labels)
  }
  const random = keyedRandom('bench')
  const letters = 'eeeeeeetttttaaaaooooiiinnnsssrrrhhhlldducmfpgwybvkxjqz'
  const word = (): string =>
    Array.from({ length: 1 + Math.floor(random() * random() * 10) }, () =>
      letters.charAt(Math.floor(random() * letters.length)),
    ).join('')
  await writeFile(textFile, Array.from({ length: 200_000 }, word).join(' '))
}

/** Finds a Python that has NumPy; '' where there is none. */
function pythonWithNumpy(): string {
  const candidates = [process.env.DUCTUS_BENCH_PYTHON, '/usr/bin/python3', 'python3']
  for (const candidate of candidates) {
    if (candidate === undefined) continue
    try {
      execFileSync(candidate, ['-c', 'import numpy'], { stdio: 'ignore' })
      return candidate
    } catch {
      continue
    }
  }
  return ''
}

async function startPeer() {
  if (python === '') {
    console.log('absent: no Python with NumPy; name one by DUCTUS_BENCH_PYTHON')
    return undefined
  }
  const script = join(import.meta.dirname, 'numpy_lines.py')
  const child = spawn(python, [script, folder, textFile, String(count), String(batchSize)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (): Promise<{ bytes: number; floats: number }> => {
    child.stdin.write('\n')
    const line = await lines.next()
    if (line.done === true) throw new Error('the NumPy peer ended')
    return JSON.parse(line.value) as { bytes: number; floats: number }
  }
  await ask()
  return { ask, end: () => child.stdin.end() }
}

async function ownWriter(): Promise<(round: number) => number> {
  const { pixels, classes } = await trainingImages()
  const every = Uint32Array.from(classes, (_, i) => i)
  const text = await readFile(textFile, 'utf8')
  const material = lineMaterial({ images: pixels, classes }, every, text, 'byclass')
  const style = { maxLength: 32, minOverlap: 0, maxOverlap: 0.33, withStartEndTokens: false }
  const own = new LineWriter(material, style)
  const pictures = new Uint8Array(count * own.size).fill(1)
  const targets = new Uint8Array(count * 32)
  return (epoch) => {
    const start = cpuSeconds()
    for (let index = 0; index < count; index++) {
      own.write(
        { seed: 1, part: 'train', epoch, index },
        pictures,
        index * own.size,
        targets,
        index * 32,
      )
    }
    return count / (cpuSeconds() - start)
  }
}

async function trainingImages() {
  const images = await readFile(join(folder, 'emnist-byclass-train-images-idx3-ubyte'))
  const labels = await readFile(join(folder, 'emnist-byclass-train-labels-idx1-ubyte'))
  return {
    pixels: Uint8Array.from(images.subarray(16)),
    classes: Uint8Array.from(labels.subarray(8), (label) => label + 4),
  }
}

function own(more: Record<string, unknown>): EMNISTLines {
  const options = { emnistFiles: folder, textFile, balance: false, batchSize, ...more }
  return new EMNISTLines(options, { dataDir: join(folder, 'data') })
}

async function ownLoaders(workers: readonly number[]) {
  return Promise.all(
    workers.map(async (numWorkers) => {
      const data = own({ numWorkers, onTheFly: true, numTrain: 10 * count })
      await data.setup('fit')
      await linesASecond(data, -1)
      return { numWorkers, data }
    }),
  )
}

async function linesASecond(data: EMNISTLines, round: number) {
  const [start, cpuStart] = [performance.now(), cpuSeconds()]
  let lines = 0
  for (let epoch = epochs * round; epoch < epochs * (round + 1); epoch++) {
    for await (const batch of data.trainDataLoader().batches(epoch, 0, { reuse: true })) {
      lines += batch.size
    }
  }
  const seconds = (performance.now() - start) / 1000
  return { byClock: lines / seconds, byCpu: lines / (cpuSeconds() - cpuStart) }
}

/** Processor time of this process: what one core can do, whoever else is busy on the machine. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

async function secondsToKeep(): Promise<number> {
  const data = own({ numTrain: 10_000, numVal: 1, numTest: 1 })
  const start = performance.now()
  await data.prepareData()
  return (performance.now() - start) / 1000
}

function note(name: string, value: number): void {
  ;(figures[name] ??= []).push(value)
}

function print(): void {
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`)
  const middle = (name: string): number => {
    const values = [...(figures[name] ?? [])].sort((a, b) => a - b)
    return values[values.length >> 1] ?? NaN
  }
  const medians = Object.fromEntries(Object.keys(figures).map((name) => [name, middle(name)]))
  for (const [name, value] of Object.entries(medians)) {
    const unit = name.startsWith('seconds') ? value.toFixed(2) : `${value.toFixed(0)} lines/s`
    console.log(`${name}: ${unit}`)
  }
  const clock = 'Ductus by the clock, float batches'
  const ratios = [
    ['bytes: times NumPy (goal 10)', 'Ductus, bytes', 'NumPy, bytes'],
    ['float batches: times NumPy', 'Ductus, float batches', 'NumPy, float batches'],
    ['2 workers: times none (goal 1.7)', `${clock}, 2 workers`, `${clock}, no worker`],
  ].map(([name = '', of = '', by = '']) => ({ name, ratio: middle(of) / middle(by) }))
  for (const { name, ratio } of ratios) console.log(`${name}: ${ratio.toFixed(2)}`)
  if (flags.out !== undefined) writeFileSync(flags.out, JSON.stringify({ medians, ratios }))
}
