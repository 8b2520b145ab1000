import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  ArrayDataset,
  DataLoader,
  MNIST,
  Subset,
  type Batch,
  type DataLoaderOptions,
  type Dataset,
} from '@ductus/data'
import { messageOf } from '../../src/errors/data-error.js'
import { strangeDataset } from '../helpers/strange-dataset.mjs'

const run = promisify(execFile)

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const seen: Batch[] = []
  for await (const batch of batches) seen.push(batch)
  return seen
}

const meanwhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100))

function loader(dataset: Dataset, options: DataLoaderOptions): DataLoader {
  const made = new DataLoader(dataset, options)
  onTestFinished(() => made.close())
  return made
}

const bytes = new ArrayDataset({
  x: Uint8Array.from({ length: 400 }, (_, i) => i),
  xShape: [2, 2, 1],
  y: Uint8Array.from({ length: 100 }, (_, i) => i),
})

/** A dataset of a user's own module, made again in workers by its recipe. */
function strange(what: string): Dataset {
  const moduleUrl = new URL('../helpers/strange-dataset.mjs', import.meta.url).href
  return {
    ...strangeDataset({ what }),
    recipe: () => ({ moduleUrl, exportName: 'strangeDataset', options: { what } }),
  }
}

it('gives the same batches in the same order whatever the number of workers', async () => {
  const dataset = new Subset(
    bytes,
    Uint32Array.from({ length: 90 }, (_, i) => 99 - i),
  )
  const options = { batchSize: 7, shuffle: true, seed: 3 }
  const expected = await all(new DataLoader(dataset, options).batches(2))
  for (const numWorkers of [1, 2, 3]) {
    const made = loader(dataset, { ...options, numWorkers })
    expect(await all(made.batches(2))).toEqual(expected)
    expect(await all(made.batches(2, 5))).toEqual(expected.slice(5))
    let at = 0
    for await (const batch of made.batches(2, 0, { reuse: true })) {
      expect(batch).toEqual(expected[at++])
    }
  }
})

it('serves MNIST from workers and ends them at teardown', async () => {
  const options = { trainSize: 1000, valSize: 100, batchSize: 100 }
  const plain = new MNIST(options)
  const threaded = new MNIST({ ...options, numWorkers: 2 })
  onTestFinished(() => threaded.teardown())
  await plain.setup('fit')
  await threaded.setup('fit')
  const expected = await all(plain.trainDataLoader().batches(0))
  expect(await all(threaded.trainDataLoader().batches(0))).toEqual(expected)
  expect(threaded.trainDataLoader()).toBe(threaded.trainDataLoader())
})

it('lets two readers share the workers', async () => {
  const made = loader(bytes, { batchSize: 10, shuffle: true, numWorkers: 2 })
  const [a, b] = await Promise.all([all(made.batches(0)), all(made.batches(1))])
  const plain = new DataLoader(bytes, { batchSize: 10, shuffle: true })
  expect(a).toEqual(await all(plain.batches(0)))
  expect(b).toEqual(await all(plain.batches(1)))
})

describe('with memory that serves again', () => {
  const options = { batchSize: 10, shuffle: true, numWorkers: 2 }
  const reuse = { reuse: true }
  const expected = all(new DataLoader(bytes, { ...options, numWorkers: 0 }).batches(0))

  it('hands inputs over where workers wrote them, and targets in memory of their own', async () => {
    const made = loader(strange('slow'), { ...options, batchSize: 2 })
    const kinds = new Set<string>()
    for await (const { x, y } of made.batches(0, 0, reuse)) {
      kinds.add(x.buffer.constructor.name)
      expect(y.buffer).toBeInstanceOf(ArrayBuffer)
    }
    expect(kinds).toContain('SharedArrayBuffer')
    for await (const { x } of made.batches(0)) expect(x.buffer).toBeInstanceOf(ArrayBuffer)
  })

  it('leaves a batch alone until the next one is asked for, whatever else is read', async () => {
    const slow = strange('slow')
    const slowOptions = { ...options, batchSize: 4, prefetch: 3 }
    const slowExpected = await all(
      new DataLoader(strange(''), { ...slowOptions, numWorkers: 0 }).batches(0),
    )
    const made = loader(slow, slowOptions)
    let at = 0
    for await (const batch of made.batches(0, 0, reuse)) {
      if (at % 2 === 0) await meanwhile()
      if (at === 4) await all(made.batches(1, 0, reuse))
      expect(batch).toEqual(slowExpected[at++])
    }
    expect(at).toBe(10)
  })

  it('leaves the last batch alone when reading stops there', async () => {
    for (const numWorkers of [0, 2]) {
      const made = loader(bytes, { ...options, numWorkers })
      const other = made.batches(1, 0, reuse)[Symbol.asyncIterator]()
      await other.next()
      let kept: Batch | undefined
      for await (const batch of made.batches(0, 0, reuse)) {
        kept = batch
        break
      }
      while ((await other.next()).done !== true) await meanwhile()
      expect(kept).toEqual((await expected)[0])
    }
  })

  it('takes no more of it for another epoch, nor after a stop', async () => {
    for (const numWorkers of [0, 2]) {
      const made = loader(bytes, { ...options, numWorkers, prefetch: 1 })
      const own = new Set<ArrayBufferLike>()
      for (let epoch = 0; epoch < 20; epoch++) {
        const shared = new Set<ArrayBufferLike>()
        for await (const { x, y } of made.batches(epoch, 0, reuse)) {
          if (x.buffer instanceof SharedArrayBuffer) shared.add(x.buffer)
          else own.add(x.buffer)
          if (y[0] === 50) break
        }
        // Two slots a worker: the one that is read, and one ahead.
        expect(shared.size).toBeLessThan(5)
      }
      expect(own.size).toBeLessThan(numWorkers === 0 ? 4 : 2)
    }
  })

  it('is zero where a dataset writes nothing, unless the dataset says that it writes all', async () => {
    const plain = strange('sparse')
    for (const numWorkers of [0, 2]) {
      const made = loader(plain, { batchSize: 3, shuffle: true, numWorkers })
      for (const epoch of [0, 1]) {
        const order = made.order(epoch)
        let at = 0
        for await (const { x } of made.batches(epoch, 0, reuse)) {
          for (const value of x) {
            const index = order[at++]!
            expect(value).toBe(index % 3 === 0 ? index : 0)
          }
        }
      }
    }
    const spared: string[] = []
    const whole: Dataset = {
      length: 6,
      xShape: [1],
      yShape: [],
      overwrites: true,
      fill: (_, x) => {
        spared.push(x.join())
        x.fill(7)
      },
    }
    await all(new DataLoader(whole, { batchSize: 2, prefetch: 0 }).batches(0, 0, reuse))
    expect(spared).toEqual(['0,0', '7,7', '7,7'])
  })
})

describe('a reader that has to wait', () => {
  it('makes batches too, and gives all in order', async () => {
    let own = 0
    const dataset = strange('slow')
    const counted: Dataset = {
      ...dataset,
      fill: (...args) => {
        own += 1
        dataset.fill(...args)
      },
    }
    const options = { batchSize: 2, shuffle: true }
    const expected = await all(new DataLoader(strange(''), options).batches(0))
    for (const reuse of [false, true]) {
      const made = loader(counted, { ...options, numWorkers: 2 })
      own = 0
      let at = 0
      for await (const batch of made.batches(0, 0, { reuse })) {
        expect(batch).toEqual(expected[at++])
      }
      expect(at).toBe(20)
      expect(own).toBeGreaterThan(2)
      expect(own).toBeLessThan(20)
    }
  })
})

it('says so and goes on in the main thread when a dataset has no recipe', async () => {
  const warnings: string[] = []
  const dataset: Dataset = { length: 4, xShape: [1], yShape: [], fill: () => undefined }
  const reporter = { warn: (line: string) => void warnings.push(line) }
  const made = loader(dataset, { batchSize: 2, numWorkers: 2, reporter })
  expect(await all(made.batches(0))).toHaveLength(2)
  await all(made.batches(1))
  expect(warnings).toEqual([expect.stringContaining('without a recipe')])
})

describe('a worker that fails', () => {
  it.each([
    { what: 'throws', error: 'cannot read sample' },
    { what: 'throws in a worker', error: 'Worker \\d: cannot read sample' },
    { what: 'throws in the main thread', error: '^cannot read sample' },
  ])('ends in its error, at the batch that it concerns: $what', async ({ what, error }) => {
    // A consumer that is slow leaves all batches to the workers, one that is not has to make some.
    const pause = what === 'throws in a worker' ? 100 : 0
    const made = loader(strange(what), { batchSize: 5, numWorkers: 2 })
    let good = 0
    const read = async (): Promise<void> => {
      for await (const batch of made.batches(0)) {
        good += batch.size
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
    const message = await read().then(String, messageOf)
    expect(message).toMatch(new RegExp(`${error} ${good}$`))
    if (what === 'throws') expect(good).toBe(10)
  })

  it('ends in an error that says so when it dies, and not in a hang', async () => {
    const made = loader(strange('dies'), { batchSize: 1, numWorkers: 2 })
    const read = async (): Promise<void> => {
      for await (const { size } of made.batches(0)) {
        expect(size).toBe(1)
        await meanwhile()
      }
    }
    await expect(read()).rejects.toMatchObject({
      code: 'worker',
      message: expect.stringMatching(/received its end with exit code 3/) as string,
    })
    await expect(read()).rejects.toMatchObject({ code: 'worker' })
  })

  it('ends in an error when its module is not there', async () => {
    const dataset = strange('')
    const recipe = () => ({ moduleUrl: 'file:///nowhere.mjs', exportName: 'x', options: {} })
    const made = loader({ ...dataset, recipe }, { batchSize: 5, numWorkers: 1 })
    await expect(all(made.batches(0))).rejects.toThrow(/nowhere\.mjs/)
  })
})

// Processes start slowly on a busy machine; alone, each takes about a second.
describe('the process', { timeout: 300_000 }, () => {
  const child = fileURLToPath(new URL('../helpers/workers-child.ts', import.meta.url))
  const args = ['--import', 'tsx', '-C', '@ductus/source', child]

  it('ends by itself when reading has ended, without a close', async () => {
    const { stdout } = await run(process.execPath, [...args, 'ends'], { timeout: 120_000 })
    expect(stdout).toBe('read 10\n')
  })

  it('ends when reading stops in the middle of an epoch, by break or by an error', async () => {
    const broken = await run(process.execPath, [...args, 'breaks'], { timeout: 120_000 })
    expect(broken.stdout).toBe('read 1\n')
    const failed = run(process.execPath, [...args, 'throws'], { timeout: 120_000 })
    await expect(failed).rejects.toMatchObject({ code: 1, signal: null })
  })

  it('ends on Ctrl-C', async () => {
    const interrupted = run(process.execPath, [...args, 'interrupts'], { timeout: 120_000 })
    await expect(interrupted).rejects.toMatchObject({ signal: 'SIGINT', killed: false })
  })
})

it('are awaited when they are closed with answers on the way: the process does not end in between', async () => {
  const child = fileURLToPath(new URL('../helpers/workers-close-child.ts', import.meta.url))
  const args = ['--import', 'tsx', '-C', '@ductus/source', child]
  const { stdout } = await run(process.execPath, args)
  expect(stdout).toBe('done\n')
}, 60_000)
