/**
 * Lines a second of processor time, and by the clock with workers: ours against the course's way in NumPy, round after round in one run; both from the same images and
 * text. `npx tsx -C @ductus/source packages/data/bench/lines-bench.ts [rounds]`; DUCTUS_BENCH_PYTHON names a Python with NumPy.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { EMNISTLines, LineWriter, keyedRandom, lineMaterial, obtainFiles } from '@ductus/data'

const count = 2000
const rounds = Number(process.argv[2] ?? 7)
const python = process.env.DUCTUS_BENCH_PYTHON ?? 'python3'
const folder = await mkdtemp(join(tmpdir(), 'ductus-lines-'))
const textFile = join(folder, 'text.txt')
const figures: Record<string, number[]> = {}

await writeMaterial()
const peer = await startPeer()
const writer = await ownWriter()
for (let warmUp = 0; warmUp < 3; warmUp++) writer(-1 - warmUp)
const loaders = await ownLoaders([0, 1, 2])
for (let round = 0; round < rounds; round++) {
  if (peer !== undefined) {
    const { bytes, floats } = await peer.ask()
    note('NumPy, bytes', bytes)
    note('NumPy, float batches', floats)
  }
  note('Ductus, bytes', writer(round))
  for (const { numWorkers, data } of loaders) {
    const name = numWorkers === 0 ? 'main thread' : `${numWorkers} worker(s)`
    const { byClock, byCpu } = await linesASecond(data, round)
    if (numWorkers === 0) note('Ductus, float batches', byCpu)
    note(`by the clock: float batches, ${name}`, byClock)
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

async function startPeer() {
  const script = join(import.meta.dirname, 'numpy_lines.py')
  const child = spawn(python, [script, folder, textFile, '0', String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (): Promise<{ bytes: number; floats: number }> => {
    child.stdin.write('\n')
    const line = await lines.next()
    if (line.done === true) throw new Error('no NumPy')
    return JSON.parse(line.value) as { bytes: number; floats: number }
  }
  try {
    await ask()
    return { ask, end: () => child.stdin.end() }
  } catch {
    console.log(`absent: NumPy (${python}); name a Python that has it by DUCTUS_BENCH_PYTHON`)
    return undefined
  }
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
    pictures.fill(0)
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
  const options = { emnistFiles: folder, textFile, balance: false, ...more }
  return new EMNISTLines(options, { dataDir: join(folder, 'data') })
}

async function ownLoaders(workers: readonly number[]) {
  return Promise.all(
    workers.map(async (numWorkers) => {
      const data = own({ numWorkers, onTheFly: true, numTrain: 10 * count })
      await data.setup('fit')
      await linesASecond(data, 0)
      return { numWorkers, data }
    }),
  )
}

async function linesASecond(data: EMNISTLines, epoch: number) {
  const [start, cpuStart] = [performance.now(), cpuSeconds()]
  let lines = 0
  for await (const batch of data.trainDataLoader().batches(epoch)) lines += batch.size
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
  for (const name of Object.keys(figures)) {
    if (name.startsWith('seconds')) {
      console.log(`${name}: ${middle(name).toFixed(2)}`)
      continue
    }
    const ratio =
      middle(name) / middle(name.includes('float') ? 'NumPy, float batches' : 'NumPy, bytes')
    const against = name.startsWith('Ductus') ? `, ${ratio.toFixed(1)} times NumPy's` : ''
    console.log(`${name}: ${middle(name).toFixed(0)} lines/s${against}`)
  }
}
